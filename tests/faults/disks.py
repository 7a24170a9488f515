"""Disks that can be full: a small tmpfs each, where mounting is permitted; else a limit on files."""
import ctypes
import os
import resource
import signal
import subprocess

CLONE_NEWNS = 0x00020000
SIZE = 64 << 20  # bytes of a disk that isn't full

mounts = False  # whether private_mounts() succeeded: then this process may mount what it likes


def private_mounts():
    """From now on what this process mounts is its own, and goes with it. To be called before any
    thread is started."""
    global mounts
    if os.geteuid() == 0 and ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) == 0:
        mounts = run("mount", "--make-rprivate", "/")
    return mounts


def run(*args):
    return subprocess.run(args, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode == 0


def small_files(limit):
    """What a process is to call before it starts, for no file of its to grow beyond the limit."""
    def set_limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    return set_limit


class Disks:
    """A directory for each name, on a disk of its own."""

    def __init__(self, t):
        self.t = t
        self.mounted = mounts
        self.paths = {}
        t.on_close(self.close)

    def make(self, name):
        """The directory."""
        path = self.paths[name] = self.t.path(f"disk-{name}")
        os.mkdir(path, mode=0o700)
        if self.mounted:
            self.mounted = run("mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "none", path)
        return path

    def fill(self, name, room, owner):
        """Leaves so many bytes free. owner: a Device, or a Server that runs."""
        path = self.paths[name]
        if self.mounted:
            while not self._leave(path, room):
                pass  # something was written meanwhile
        elif name == "server":
            limit = os.stat(owner.store + "-wal").st_size + room
            resource.prlimit(owner.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        else:
            owner.preexec = small_files(os.stat(owner.cache).st_size + room)

    def _leave(self, path, room):
        state = os.statvfs(path)
        pages = state.f_blocks - state.f_bfree + -(-room // state.f_frsize)
        return self._resize(path, max(pages, 1) * state.f_frsize)

    def lift(self, name, owner=None):
        """It is as large as ever. owner: as above, where it was not started anew."""
        if self.mounted:
            self._resize(self.paths[name], SIZE)
        elif name != "server":
            owner.preexec = None
        elif owner is not None and owner.process.alive():
            resource.prlimit(owner.pid, resource.RLIMIT_FSIZE,
                             (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    @staticmethod
    def _resize(path, size):
        return run("mount", "-o", f"remount,size={size}", path)

    def close(self):
        for path in self.paths.values():
            if self.mounted:
                run("umount", "--lazy", path)
