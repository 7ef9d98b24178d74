#!/usr/bin/env bash
# Asks questions of a SQLite file through the columns of rh and through sqlite3 and compares the answers exactly: values
# as SQL literals, values as plain text and as CSV, and the names of the columns.
#
#     Fixtures/checks/same-answers.sh [--unchanged] [--may-refuse] [--target auto] RH DATABASE QUESTIONS.sql...
#
# A question is a comment and the one statement under it. --unchanged also demands that the file, and the names of what
# lies beside it, are the same afterwards. --may-refuse lets a question pass that rh refuses as unsupported; each is
# shown. The last line is `N passed, N failed`; the exit status is 1 when any failed.
set -uo pipefail
unchanged=
may_refuse=
target=olap
while true; do
    case $1 in
    --unchanged) unchanged=1 ;;
    --may-refuse) may_refuse=1 ;;
    --target) target=$2 && shift ;;
    *) break ;;
    esac
    shift
done
rh=$(realpath "$1")
database=$(realpath "$2")
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fingerprint() {
    sha256sum "$database"
    ls -A "$(dirname "$database")" | grep -F "$(basename "$database")"
}
fingerprint >"$work/before"

cat "$@" | awk -v folder="$work" '
    !inside && /^--/ { file = sprintf("%s/%03d.sql", folder, ++n); inside = 1 }
    inside { print > file }
    inside && !/^--/ && /;[ \t]*$/ { inside = 0; close(file) }'

# answer ENGINE FILE FORMAT: the rows, under a line of column names.
answer() {
    case $1 in
    rh) "$rh" query "$database" -f "$2" --target "$target" --format "$3" ;;
    sqlite3) sqlite3 -batch -init /dev/null -readonly -header -cmd ".mode $3" "$database" <"$2" ;;
    esac
}

# same FILE FORMAT: whether both engines succeed with the same bytes; an answer of nothing at all compares nothing.
same() {
    : >"$work/rh"
    : >"$work/rh.error"
    answer sqlite3 "$1" "$2" >"$work/sqlite3" 2>"$work/sqlite3.error" || return 1
    answer rh "$1" "$2" >"$work/rh" 2>"$work/rh.error" || return 1
    [ -s "$work/sqlite3" ] && cmp -s "$work/sqlite3" "$work/rh"
}

passed=0
failed=0
verdict() {
    if [ "$1" = FAILED ]; then failed=$((failed + 1)); else passed=$((passed + 1)); fi
    printf '%s %s\n' "$1" "$2"
}

for file in "$work"/*.sql; do
    question=$(head -n 1 "$file")
    result=ok
    for format in quote list csv; do
        same "$file" "$format" && continue
        result=FAILED
        [ -n "$may_refuse" ] && grep -q 'unsupported: ' "$work/rh.error" && result=refused
        break
    done
    verdict "$result" "$question"
    if [ "$result" = FAILED ]; then
        echo "   as $format:"
        diff "$work/sqlite3" "$work/rh" | head -n 10
        cat "$work/sqlite3.error" "$work/rh.error"
    elif [ "$result" = refused ]; then
        cat "$work/rh.error"
    fi
done

if [ -n "$unchanged" ]; then
    fingerprint >"$work/after"
    cmp -s "$work/before" "$work/after" && result=ok || result=FAILED
    verdict "$result" "-- Is the file still the same, byte for byte?"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
