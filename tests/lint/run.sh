#!/bin/sh
# ./dev lint: every check of the source that needs no running program. All run; any may fail it.
set -u
cd "$(dirname "$0")/../.." || exit 1
jobs=$(nproc 2>/dev/null || echo 2)
failed=0

# tool NAME: the release that Debian 12 has where it is installed, since releases differ in taste.
tool() {
    command -v "$1-14" || command -v "$1" || {
        echo "lint: $1 is missing (./dev deps lint)" >&2
        return 1
    }
}

check() {
    name=$1
    shift
    if "$@"; then
        echo "lint: $name: fine"
    else
        echo "lint: $name: FAILED"
        failed=1
    fi
}

sources() {
    find src ui tests bench man -name '*.[ch]'
}

format() {
    format=$(tool clang-format) || return 1
    sources | xargs "$format" --dry-run -Werror
}

flags="-std=c11 -w -D_GNU_SOURCE -DPACKAGE_VERSION=\"lint\" -DCOMETDECK_DATADIR=\"/\" \
-DCOMETDECK_LIBRARIES=\"lint\" -Isrc -I. \
$(pkg-config --cflags ncursesw readline libcurl libcjson sqlite3 libcmark-gfm libcrypto cmocka vterm)"

# shellcheck disable=SC2086,SC2016
tidy() {
    tidy=$(tool clang-tidy) || return 1
    sources | grep -E '^(src|ui)/.*\.c$' |
        xargs -P "$jobs" -n 4 sh -c 'tidy=$1 flags=$2; shift 2; exec "$tidy" --quiet "$@" -- $flags' \
            sh "$tidy" "$flags" >build/clang-tidy.log 2>&1 && return
    grep -vE '^[0-9]+ warnings? (and [0-9]+ errors? )?generated|^Error while processing' \
        build/clang-tidy.log
    return 1
}

cpp() {
    command -v cppcheck >/dev/null || { echo "lint: cppcheck is missing (./dev deps lint)"; return 1; }
    cppcheck --quiet --std=c11 --enable=warning,performance,portability --error-exitcode=1 \
        --inline-suppr --suppress=missingIncludeSystem --max-ctu-depth=2 -j "$jobs" \
        -D_GNU_SOURCE '-DPACKAGE_VERSION="lint"' '-DCOMETDECK_DATADIR="/"' \
        '-DCOMETDECK_LIBRARIES="lint"' -Isrc -I. src ui
}

shell() {
    command -v shellcheck >/dev/null || { echo "lint: shellcheck is missing (./dev deps lint)"; return 1; }
    {
        echo dev
        echo .ci/run
        find tests bench man share -name '*.sh'
    } | xargs shellcheck -x
}

mkdir -p build
check "the rules of the tree" tests/lint/rules.sh
check "clang-format" format
check "shellcheck" shell
check "cppcheck" cpp
check "clang-tidy" tidy
exit "$failed"
