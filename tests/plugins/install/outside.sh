#!/usr/bin/env bash
# What an integration team does: install the package, build an adapter against it alone, check it, with the
# installed program. outside.sh BUILD_FOLDER ADAPTER_FOLDER
set -euo pipefail
build=$1 adapter=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/installed" >"$work/install.log"
cp -r "$adapter" "$work/adapter"
cmake -S "$work/adapter" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/installed" >"$work/configure.log"
cmake --build "$work/build"
exported=$(nm -D --defined-only "$work/build/ledger-file.so" | awk '{print $3}')
[[ $exported == talent_loan_adapter_entry ]] || { echo "exports more than the entry: $exported" >&2; exit 1; }
cd "$work"  # away from the sources: the installed program finds what it needs by itself
"$work/installed/bin/talent-loan" --lang en adapter inspect "$work/build/ledger-file.so"
"$work/installed/bin/talent-loan" --lang en adapter check "$work/build/ledger-file.so" --config "$work/adapter/test-bank.txt" \
  --as-of 2020-12-31 --write
