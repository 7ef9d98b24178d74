#!/usr/bin/env bash
# The demo: five questions to a SQLite file, answered from columns; a write through the engine; the fresh answer; and a
# comparison of every answer with sqlite3's on the same file.
#
#     Fixtures/demo/demo.sh RH PRISTINE.sqlite
set -euo pipefail
rh=$(realpath "$1")
pristine=$(realpath "$2")
folder=$(dirname "$(realpath "$0")")
database=$(dirname "$pristine")/demo.sqlite
session=$(dirname "$pristine")/demo.out

rm -f "$database" "$database"-*
cp "$pristine" "$database"

say() { printf '\n== %s\n' "$*"; }
question() { sed -n 's/^-- //p;q' "$1"; }

say "A SQLite file, made by sqlite3: flights out of New York, January to June 2013"
sqlite3 -batch -init /dev/null -box "$database" "
    SELECT 'flights' AS 'table', count(*) AS 'rows' FROM flights UNION ALL SELECT 'weather', count(*) FROM weather
    UNION ALL SELECT 'planes', count(*) FROM planes UNION ALL SELECT 'airports', count(*) FROM airports
    UNION ALL SELECT 'airlines', count(*) FROM airlines"

say "One question to the file as it is: it is read into columns, answered and left alone"
sum=$(sha256sum <"$database")
question "$folder/1-airlines.sql"
"$rh" query "$database" -f "$folder/1-airlines.sql" --target olap --timing 2>&1
[ "$sum" = "$(sha256sum <"$database")" ] && echo "The file is the same, byte for byte."

say "rh attach: from now on every commit to the file reaches the columns"
"$rh" attach "$database" 2>&1

say "One session: five questions, an insert, and the question after it"
{
    echo ".bail on"
    echo ".mode table"
    echo ".headers on"
    echo ".timer on"
    for file in "$folder"/[1-6]-*.sql; do
        echo ".print"
        echo ".print -- $(question "$file")"
        echo ".read $file"
    done
    echo ".print"
    echo ".print -- $(question "$folder/insert.sql")"
    echo ".read $folder/insert.sql"
    echo ".print"
    echo ".print -- The same question again, over what has just been written"
    echo ".read $folder/6-fresh.sql"
} >"$session.in"
"$rh" shell "$database" --target olap <"$session.in"

say "sqlite3 on the same file: is every value the same?"
"$folder/../checks/same-answers.sh" "$rh" "$database" "$folder"/[1-6]-*.sql
