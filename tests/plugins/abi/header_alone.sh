#!/usr/bin/env bash
# The interface header compiles alone under every dialect it promises, with gcc and clang, warnings as errors.
# header_alone.sh HEADER
set -euo pipefail
header=$1
for compiler in gcc clang; do
  for dialect in c11 c17 c++17 c++20; do
    language=c
    [[ $dialect == c++* ]] && language=c++
    "$compiler" -x "$language" -std="$dialect" -Wall -Wextra -Wpedantic -Werror -c \
      -o /dev/null "$header" || { echo "$header does not compile alone with $compiler -std=$dialect" >&2; exit 1; }
  done
done
