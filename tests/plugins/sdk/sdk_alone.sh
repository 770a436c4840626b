#!/usr/bin/env bash
# The kit compiles without this project's other headers or flags, as C++17 and C++20, with gcc and clang,
# warnings as errors. sdk_alone.sh SOURCE_FOLDER
set -euo pipefail
source_folder=$1
for compiler in g++ clang++; do
  for dialect in c++17 c++20; do
    "$compiler" -std="$dialect" -Wall -Wextra -Wpedantic -Werror -Wshadow -fsyntax-only -I "$source_folder/plugins/abi" \
      -I "$source_folder/plugins/sdk" -x c++ - <<<'#include <talent_loan/lines.hpp>' ||
      { echo "the kit does not compile alone with $compiler -std=$dialect" >&2; exit 1; }
  done
done
