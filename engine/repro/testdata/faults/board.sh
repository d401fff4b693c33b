#!/bin/bash
# Writes bills of materials and notes. Usage: board.sh MODE [OUT], odd modes careless
# and the even ones after them careful.
set -eu
out=${2:-${OUT:-.}}
mkdir -p "$out"
names() { printf '%s\n' Zulu alpha Bravo zebra apple _private R10 R2 r1; }
case $1 in
1) echo "Generated $(date)" >"$out/notes.txt" ;;
2) echo "Generated from board.sh" >"$out/notes.txt" ;;
3) names | sort >"$out/nets.txt" ;;
4) names | LC_ALL=C sort >"$out/nets.txt" ;;
5) for r in R1 R2 R3 R4; do echo "$r lot $RANDOM"; done >"$out/notes.txt" ;;
6) for r in R1 R2 R3 R4; do echo "$r lot 1"; done >"$out/notes.txt" ;;
7) echo "lock board.$$" >"$out/notes.txt" ;;
8) echo "lock board" >"$out/notes.txt" ;;
9) t=$(mktemp) && echo "work file $t" >"$out/notes.txt" && rm -f "$t" ;;
10) echo "work file none" >"$out/notes.txt" ;;
11) printf 'R1,10k\nR2,4k7\n' >"$out/bom.csv" && tar -C "$out" -cf "$out/fab.tar" bom.csv ;;
12) printf 'R1,10k\nR2,4k7\n' >"$out/bom.csv" && tar -C "$out" --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=0644 -cf "$out/fab.tar" bom.csv ;;
13) printf 'R1,10k\n' | tee "$out/bom.csv" | gzip -N >"$out/x.gz"; touch "$out/bom.csv"; gzip -kf "$out/bom.csv" ;;
14) printf 'R1,10k\n' | tee "$out/bom.csv" | gzip -n >"$out/x.gz"; gzip -nkf "$out/bom.csv" ;;
*) echo "no such mode" >&2; exit 2 ;;
esac
