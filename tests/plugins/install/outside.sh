#!/usr/bin/env bash
# What an integration team does: install the package, build an adapter against it alone, check it, with the
# installed program. outside.sh BUILD_FOLDER SAMPLES_FOLDER
# Four adapters: the samples in C++ and in C, and the projects that `talent-loan adapter new` writes.
set -euo pipefail
build=$1 samples=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/installed" >"$work/install.log"
program=$work/installed/bin/talent-loan
for adapter in "$work"/installed/lib/talent-loan/adapters/*.so; do  # each with what its bank has to read
  read_me=$work/installed/share/doc/talent-loan/bank-adapters/$(basename "$adapter" .so)/README.md
  [[ -s $read_me ]] || { echo "$read_me was not installed" >&2; exit 1; }
done
cp -r "$samples/cpp" "$work/sample-cpp"
cp -r "$samples/c" "$work/sample-c"
cd "$work"  # away from the sources: the installed program finds what it needs by itself
"$program" --lang en adapter new my-first-bank --directory new-cpp
"$program" --lang en adapter new my-second-bank --language c --directory new-c

build_and_check() {  # FOLDER LIBRARY
  cmake -S "$1" -B "$1/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/installed" >"$1.log"
  cmake --build "$1/build"
  exported=$(nm -D --defined-only "$1/build/$2.so" | awk '{print $3}')
  [[ $exported == talent_loan_adapter_entry ]] || { echo "$1 exports more than the entry: $exported" >&2; exit 1; }
  "$program" --lang en adapter inspect "$1/build/$2.so" | grep "adapter: $2"
  ctest --test-dir "$1/build" --output-on-failure
}
build_and_check sample-cpp ledger-file
build_and_check sample-c ledger-file
build_and_check new-cpp my-first-bank
build_and_check new-c my-second-bank

# A ledger with every kind of bad line: each is rejected with its number, and the good ones are read all the same.
cat >bad-ledger.txt <<'LEDGER'
repayment|E-1|2020-07-01|L-1|100
repayment|E-2|2020-02-30|L-1|100
repayment|E-3|2020-07-01|L-1|1e3
repayment|E-4|2020-07-01|L-1
repayment||2020-07-01|L-1|100
repaymnt|E-6|2020-07-01|L-1|100
LEDGER
printf 'repayment|\377|2020-07-01|L-1|100\nrepayment|E-\0008|2020-07-01|L-1|100\nrepayment|%0100d|2020-07-01|L-1|100\n' 9 >>bad-ledger.txt
printf 'repayment|E-10|2020-07-02|L-1|100\nrepayment|E-11|2020-07-03|L-1|100' >>bad-ledger.txt  # the last one is still being written
printf 'bad-ledger.txt\nbad-messages.txt\n' >bad-bank.txt
for folder in sample-cpp sample-c; do
  "$program" --lang en --quiet adapter check "$folder/build/ledger-file.so" --config bad-bank.txt --as-of 2020-12-31 --only poll.events.valid \
    --only poll.events.repeatable --only poll.events.resumes --only poll.events.ends | tee "$folder.txt"
  grep -q "4 passed, 0 failed" "$folder.txt"
done
