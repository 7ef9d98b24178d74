#!/usr/bin/env bash
# Builds the flights database as a new SQLite file; the file appears only when it is complete.
#
#     Fixtures/nycflights13/build.sh OUTPUT.sqlite
set -euo pipefail
output=$(realpath -m "$1")
cd "$(dirname "$0")"
mkdir -p "$(dirname "$output")"
partial=$output.partial.$$
trap 'rm -f "$partial"' EXIT
sqlite3 -batch -bail -init /dev/null "$partial" <load.sql >/dev/null
mv "$partial" "$output"
