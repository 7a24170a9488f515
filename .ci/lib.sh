# What ./try and .ci/run share: installing what is missing, and building out of tree. Sourced by
# sh from the top of the tree.

say() {
	printf '%s\n' "$*" >&2
}

die() {
	say "$0: $*"
	exit 1
}

# The packages of .ci/packages; with an argument, those marked so as well.
packages() {
	awk -v mark="${1:-}" '/^[^#]/ && ($2 == "" || $2 == mark) { print $1 }' .ci/packages
}

# Installs the packages that are missing, and touches nothing where none is.
install_packages() {
	command -v dpkg-query >/dev/null || return 0 # not Debian: configure says what is missing
	wanted=$(packages "${1:-}")
	# shellcheck disable=SC2086 # one word a package
	have=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2>/dev/null |
	    awk '$2 == "installed" { print $1 }')
	missing=
	for package in $wanted; do
		printf '%s\n' "$have" | grep -qxF "$package" || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" -eq 0 ]; then
		root=
	elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
		root=sudo
	else
		die "these packages are missing, and only root can install them: apt-get install$missing"
	fi
	say "Installing:$missing"
	$root apt-get -q update >&2 || die "apt-get update failed"
	# shellcheck disable=SC2086
	$root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
	    $missing </dev/null >&2 || die "apt-get could not install$missing"
}

# Runs a command with its output kept in a file, which is shown where it fails.
quietly() {
	log=$1
	shift
	"$@" >"$log" 2>&1 </dev/null && return 0
	tail -n 60 "$log" >&2
	die "this failed: $* (all of its output is in $log)"
}

# build DIRECTORY [CONFIGURE-ARGUMENT…]: builds there, doing only what is not done yet.
build() {
	directory=$1
	shift
	mkdir -p "$directory"
	directory=$(cd "$directory" && pwd)
	[ -x configure ] && [ -f build-aux/install-sh ] && [ -f po/Makefile.in.in ] ||
	    quietly "$directory/autoreconf.log" autoreconf -i
	top=$(pwd)
	if [ ! -f "$directory/Makefile" ] || [ "$*" != "$(cat "$directory/options" 2>/dev/null)" ]; then
		say "Configuring in $directory"
		(cd "$directory" && quietly configure.log "$top/configure" "$@") || exit 1
		printf '%s\n' "$*" >"$directory/options"
	fi
	say "Building in $directory"
	quietly "$directory/make.log" make -C "$directory" -j "$(nproc)"
}

# check DIRECTORY [TESTS]: runs the tests, or those with TESTS in their names, in a directory that
# build() made. The last line is their sum.
check() {
	rm -f "$1/tests/summary"
	if make --no-print-directory -s -C "$1" -j "$(nproc)" check T="${2:-}" </dev/null 2>&1; then
		return 0
	fi
	cat "$1/tests/summary" 2>/dev/null || echo "0 passed, 1 failed" # after what make says
	return 1
}
