"""zstd frames: made by hand, so that they can be wrong in every way, and read by libzstd."""
import ctypes

MAGIC = b"\x28\xb5\x2f\xfd"
BLOCK = 128 * 1024  # bytes; no block is larger


def header(window_log=17):
    """Of a frame that doesn't say its size."""
    return MAGIC + bytes([0, (window_log - 10) << 3])


def sized_header(size):
    """Of a frame that says its size."""
    return MAGIC + bytes([0xA0]) + size.to_bytes(4, "little")


def raw(data, last=True):
    """A block that holds data as it is."""
    return (len(data) << 3 | last).to_bytes(3, "little") + data


def run(byte, count, last=True):
    """A block of one byte, so many times."""
    return (count << 3 | 1 << 1 | last).to_bytes(3, "little") + byte


def frame(data):
    """data as a frame that is right, and no smaller."""
    pieces = [data[i:i + BLOCK] for i in range(0, len(data), BLOCK)] or [b""]
    return header() + b"".join(raw(piece, piece is pieces[-1]) for piece in pieces)


def unpack(data, limit=8 * 1024 * 1024):
    """What a frame holds."""
    library = ctypes.CDLL("libzstd.so.1")
    library.ZSTD_decompress.restype = ctypes.c_size_t
    out = ctypes.create_string_buffer(limit)
    length = library.ZSTD_decompress(
        out, ctypes.c_size_t(limit), data, ctypes.c_size_t(len(data)))
    if length > limit:
        raise ValueError("not a zstd frame")
    return out.raw[:length]
