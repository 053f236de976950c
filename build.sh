#!/usr/bin/env bash
# The one entry point: installs what is missing, builds, tests, publishes. `./build.sh help` says how.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly EXIT_FAILED=1 EXIT_USAGE=2 EXIT_MISSING=3
readonly CONFIGURATION=Release
readonly SDK_MAJOR=10

# librdkafka's source, as its makers ship it inside their npm package.
readonly RDKAFKA_VERSION=2.15.1
readonly RDKAFKA_PACKAGE=@confluentinc/kafka-javascript@1.10.1
readonly RDKAFKA_TARBALL=confluentinc-kafka-javascript-1.10.1.tgz
readonly RDKAFKA_SHA512=29578f5019f6d44a8254ff667f1cc4b8cdd26091c7105ed7fa2882d9ee374108034b211a92c2279821a8a13df0e6af9c340764482acaef58f42027eaa12a992f
readonly RDKAFKA_PATCH=$PWD/engine/kafka/librdkafka.patch
readonly RDKAFKA_OPTIONS=(--enable-static --disable-gssapi --disable-curl --disable-syslog --disable-lz4-ext)
readonly NATIVE_CFLAGS="-O2 -fPIC -ffunction-sections -fdata-sections"

BUILD_DIR=${K2I_BUILD_DIR:-$PWD/.build}
NATIVE_DIR=${K2I_NATIVE_DIR:-$BUILD_DIR/native}
export K2I_BUILD_DIR=$BUILD_DIR K2I_NATIVE_DIR=$NATIVE_DIR
readonly BUILD_DIR NATIVE_DIR LOG_DIR=$BUILD_DIR/log STAMP_DIR=$BUILD_DIR/stamp RESULT_DIR=$BUILD_DIR/results
readonly DIST_DIR=${K2I_DIST_DIR:-$PWD/dist} SHARED_DIR=${K2I_SHARED:-$PWD/../shared}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDTERMINALLOGGER=off

usage() {
  cat <<'TEXT'
usage: ./build.sh COMMAND

  demo             build, then show the main job: records in, an Iceberg table out, all on this machine
  test [PART…]     run every test; PART picks some: style, unit, e2e
  build            compile everything, warnings as errors
  publish          make the static binary dist/k2i
  crash [N] [ARGS…]
                   publish, then kill the binary N times under load, at named points and at random, and audit its tables;
                   crash --help has the rest
  bench [ARGS…]    publish, then run the benchmarks of the binary: dist/k2i bench ARGS
  clean [--all]    remove what was built; --all: the C libraries and downloads too
  help             this text

A step that has nothing new to do is skipped. Everything built lies in .build and dist; full output of each step in .build/log.
Missing Debian packages are installed when run as root (or with sudo that asks no password); otherwise the command to run is printed.

exit codes: 0 fine · 1 a step or a test failed · 2 wrong usage · 3 something is missing that could not be installed
environment: K2I_BUILD_DIR (.build), K2I_DIST_DIR (dist), K2I_SHARED (../shared: real servers and readers for the tests)
TEXT
}

# ---- saying and running ---------------------------------------------------------------------------------------------

say() { printf '%s\n' "$*"; }
die() { local code=$1; shift; printf 'build.sh: %s\n' "$*" >&2; exit "$code"; }

# step NAME TEXT COMMAND…: runs with its output in a log; a failure shows the end of it.
step() {
  local text=$2 log=$LOG_DIR/$1.log start=$SECONDS rc; shift 2
  printf '· %s … ' "$text"
  set +e # not as a condition: that would switch -e off inside the command as well
  (set -e; "$@") >"$log" 2>&1 9>&- </dev/null
  rc=$?
  set -e
  if ((rc == 0)); then
    say "$((SECONDS - start)) s"
  else
    say "FAILED after $((SECONDS - start)) s"
    failure_lines "$log"
    die $EXIT_FAILED "$text failed; all of its output: ${log#"$PWD/"}"
  fi
}

failure_lines() {
  if grep -qE '(error|warning) [A-Z]+[0-9]+' "$1"; then
    grep -E '(error|warning) [A-Z]+[0-9]+' "$1" | sed "s#$PWD/##g" | sort -u | head -40
  else
    tail -40 "$1"
  fi >&2
}

hash_of() { sha256sum | cut -d' ' -f1; }

# What the sources under some folders are, in one word.
tree_hash() {
  find "$@" -type f -not -path '*/node_modules/*' -not -path '*/bin/*' -not -path '*/obj/*' -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | hash_of
}

fresh() { [[ -f $STAMP_DIR/$1 && $(<"$STAMP_DIR/$1") == "$2" ]]; }
stamp() { printf '%s' "$2" >"$STAMP_DIR/$1"; }

take_lock() {
  mkdir -p "$BUILD_DIR" "$LOG_DIR" "$STAMP_DIR"
  command -v flock >/dev/null || return 0
  exec 9>"$BUILD_DIR/lock"
  if ! flock -n 9; then
    say "· waiting for another build.sh in this folder"
    flock 9
  fi
}

drop_lock() { exec 9>&-; }

# ---- what must be there ---------------------------------------------------------------------------------------------

static_library() { [[ $(cc -print-file-name="$1" 2>/dev/null) == /* ]]; }

# Prints the Debian packages that lack, by what they bring: so that other systems work too.
missing_packages() {
  local item
  for item in gcc:gcc g++:g++ make:make ar:binutils cmake:cmake clang:clang patch:patch tar:tar flock:util-linux; do
    command -v "${item%%:*}" >/dev/null || echo "${item#*:}"
  done
  if ! command -v gcc >/dev/null; then
    echo libc6-dev libssl-dev zlib1g-dev libzstd-dev liblz4-dev libsqlite3-dev
    return
  fi
  for item in libc.so:libc6-dev libssl.a:libssl-dev libz.a:zlib1g-dev libzstd.a:libzstd-dev liblz4.a:liblz4-dev \
    libsqlite3.a:libsqlite3-dev; do
    static_library "${item%%:*}" || echo "${item#*:}"
  done
}

# For the tests: what the servers and readers of K2I_SHARED run on, where there are any.
missing_test_packages() {
  [[ -d $SHARED_DIR/peers ]] || return 0
  command -v javac >/dev/null || echo openjdk-17-jdk-headless
  python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3 python3-venv
  command -v openssl >/dev/null || echo openssl
  command -v xz >/dev/null || echo xz-utils
  command -v strace >/dev/null || echo strace
  # Databases that a catalog may be in, and by what Iceberg Java and PyIceberg reach the second.
  [[ -d /usr/lib/postgresql ]] || echo postgresql
  [[ -x /usr/sbin/mariadbd && -x /usr/bin/my_print_defaults ]] || echo mariadb-server-core mariadb-client-core
  [[ -f /usr/share/java/mariadb-java-client.jar ]] || echo libmariadb-java
  [[ -d /usr/lib/python3/dist-packages/pymysql ]] || echo python3-pymysql
}

install_packages() {
  local packages=("$@") root=()
  ((${#packages[@]})) || return 0
  local by_hand="apt-get update && apt-get install -y --no-install-recommends ${packages[*]}"
  command -v apt-get >/dev/null || die $EXIT_MISSING "missing, by Debian's names: ${packages[*]}"
  if (($(id -u) != 0)); then
    if ! sudo -n true 2>/dev/null; then
      die $EXIT_MISSING "packages are missing; run as root: $by_hand"
    fi
    root=(sudo -n)
  fi
  say "· missing: ${packages[*]}"
  step apt "installing them" apt_install "${root[@]}" -- "${packages[@]}"
}

apt_install() {
  local root=()
  while [[ $1 != -- ]]; do root+=("$1"); shift; done
  shift
  "${root[@]}" apt-get update
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

need_tools() {
  local missing
  mapfile -t missing < <(missing_packages | tr ' ' '\n')
  install_packages "${missing[@]}"
  command -v npm >/dev/null || die $EXIT_MISSING "npm is missing: install Node.js 20 or later"
  need_dotnet
}

need_dotnet() {
  command -v dotnet >/dev/null || die $EXIT_MISSING "dotnet is missing: install the .NET SDK $SDK_MAJOR"
  dotnet --list-sdks | grep -qE "^($SDK_MAJOR|1[1-9]|[2-9][0-9])\." ||
    die $EXIT_MISSING "the .NET SDK $SDK_MAJOR is missing; here: $(dotnet --list-sdks | tr '\n' ' ')"
}

# ---- the C libraries ------------------------------------------------------------------------------------------------

# with_native NAME TEXT COMMAND…: a step that needs the C libraries at its end, or later. Where they have to be made, that goes on beside it:
# the compilers of the engine's modules, one after another, leave a core idle. The step finds the process to wait for in K2I_NATIVE_PID.
with_native() {
  local name=$1 text=$2 log=$LOG_DIR/native.log pid want; shift 2
  want=$(native_hash)
  if fresh native "$want" && [[ -f $NATIVE_DIR/libk2i_native.so && -f $NATIVE_DIR/lib/librdkafka.a ]]; then
    step "$name" "$text" "$@"
    return
  fi
  fetch_rdkafka
  rm -f "$STAMP_DIR/native"
  (set -e; native; stamp native "$want") >"$log" 2>&1 9>&- </dev/null &
  pid=$!
  trap wait EXIT # nothing goes on behind a failure
  K2I_NATIVE_PID=$pid step "$name" "$text; beside it librdkafka $RDKAFKA_VERSION" "$@"
  wait "$pid" || {
    failure_lines "$log"
    die $EXIT_FAILED "making the C libraries failed; all of its output: ${log#"$PWD/"}"
  }
  trap - EXIT
}

native_hash() {
  local archive
  {
    rdkafka_hash
    declare -f link_native
    for archive in libzstd.a liblz4.a libsqlite3.a libz.a libssl.a libcrypto.a; do sha256sum "$(cc -print-file-name=$archive)"; done
  } | hash_of
}

rdkafka_hash() { { declare -f compile_rdkafka; cat "$RDKAFKA_PATCH"; echo "$RDKAFKA_SHA512" "${RDKAFKA_OPTIONS[@]}" "$NATIVE_CFLAGS"; } | hash_of; }

native() {
  local source
  source=$(rdkafka_hash)
  if ! fresh rdkafka "$source" || [[ ! -f $BUILD_DIR/rdkafka/librdkafka.a ]]; then
    rm -f "$STAMP_DIR/rdkafka"
    (compile_rdkafka)
    stamp rdkafka "$source"
  fi
  link_native
}

fetch_rdkafka() {
  local file=$BUILD_DIR/download/$RDKAFKA_TARBALL
  if [[ ! -f $file ]]; then
    mkdir -p "$BUILD_DIR/download"
    step download "fetching librdkafka's source ($RDKAFKA_PACKAGE)" npm pack --silent --pack-destination "$BUILD_DIR/download" "$RDKAFKA_PACKAGE"
  fi
  if ! echo "$RDKAFKA_SHA512  $file" | sha512sum --check --status; then
    rm -f "$file"
    die $EXIT_FAILED "$RDKAFKA_PACKAGE is not the package that was reviewed: its SHA-512 differs; removed"
  fi
}

compile_rdkafka() {
  local source=$BUILD_DIR/rdkafka
  rm -rf "$source"
  mkdir -p "$source"
  tar -xzf "$BUILD_DIR/download/$RDKAFKA_TARBALL" -C "$source" --strip-components=3 package/deps/librdkafka
  cd "$source"
  patch -p1 --fuzz=0 --no-backup-if-mismatch <"$RDKAFKA_PATCH" || { echo "$RDKAFKA_PATCH: error PATCH0001: librdkafka's source is not as it was"; return 1; }
  CFLAGS="$NATIVE_CFLAGS -ffile-prefix-map=$source=librdkafka" ./configure "${RDKAFKA_OPTIONS[@]}"
  make -j "$(nproc)" -C src librdkafka.a
  # Its own copies of lz4, xxhash and others would clash with the libraries linked beside it: only its API stays visible.
  ld -r --whole-archive src/librdkafka.a -o rdkafka.o
  objcopy --wildcard --keep-global-symbol='rd_kafka_*' rdkafka.o
  rm -f librdkafka.a
  ar rcsD librdkafka.a rdkafka.o
}

# lib/*.a goes into the binary. The shared object brings the same functions to tests, which run on the JIT.
link_native() {
  local work=$NATIVE_DIR.new library
  rm -rf "$work"
  mkdir -p "$work/lib" "$NATIVE_DIR"
  cp "$BUILD_DIR/rdkafka/librdkafka.a" "$work/lib/"
  for library in libzstd.a liblz4.a libsqlite3.a; do cp "$(cc -print-file-name=$library)" "$work/lib/"; done
  cc -shared -o "$work/libk2i_native.so" -Wl,-soname,libk2i_native.so -Wl,-z,now -Wl,-z,noexecstack \
    -Wl,--whole-archive "$work/lib/librdkafka.a" -Wl,--no-whole-archive \
    -Wl,--no-as-needed -lzstd -llz4 -lz -lssl -lcrypto -lm -lpthread -ldl
  rm -rf "${NATIVE_DIR:?}/lib"
  mv "$work/lib" "$NATIVE_DIR/lib"
  mv "$work/libk2i_native.so" "$NATIVE_DIR/libk2i_native.so"
  rmdir "$work"
}

# ---- building -------------------------------------------------------------------------------------------------------

build() {
  if is_built; then return; fi
  # Tests have the libraries beside them when they are built; the engine asks for them when it is linked.
  with_native engine "compiling the engine" compile dotnet build engine/cli -c $CONFIGURATION --nologo -v minimal
  step build "compiling" compile dotnet build k2i-native.sln -c $CONFIGURATION --nologo -v minimal
  stamp build "$(build_hash)"
}

build_hash() {
  { tree_hash engine tests bench; sha256sum k2i-native.sln .editorconfig; cat "$STAMP_DIR/native"; dotnet --version; } 2>/dev/null | hash_of
}

is_built() { fresh native "$(native_hash)" && fresh build "$(build_hash)"; }

# Runs a .NET command with one compiler for all projects rather than a cold one for each. It is this command's own, and ends with it.
compile() {
  local id=k2i-$BASHPID server rc=0
  "$@" -p:UseSharedCompilation=true -p:SharedCompilationId=$id || rc=$?
  server=$(dirname "$(readlink -f "$(command -v dotnet)")")/sdk/$(dotnet --version)/Roslyn/bincore/VBCSCompiler
  [[ ! -x $server ]] || "$server" -pipename:$id -shutdown || true
  return $rc
}

publish() {
  if is_published; then return; fi
  with_native publish "publishing dist/k2i" publish_binary
  stamp publish "$(publish_hash)"
  say "  $(du -h --apparent-size "$DIST_DIR/k2i" | cut -f1) $("$DIST_DIR/k2i" version | head -1), needs $(needed_libraries)"
}

publish_hash() { { tree_hash engine; cat "$STAMP_DIR/native"; dotnet --version; } 2>/dev/null | hash_of; }

is_published() { [[ -x $DIST_DIR/k2i ]] && fresh native "$(native_hash)" && fresh publish "$(publish_hash)"; }

publish_binary() {
  local out=$BUILD_DIR/publish
  # What the compiler and the linker left when they were interrupted looks newer than its sources, and would be taken as it is.
  rm -rf "$out" "$BUILD_DIR"/out/{obj,bin}/K2I.Cli/*/native
  # Analyzers look at code that is to be committed: `build` and `test` run them. Without them a module compiles in half the time.
  local quick=(-p:RunAnalyzers=false)
  if is_built; then quick=(); fi
  compile dotnet publish engine/cli -c $CONFIGURATION -o "$out" --nologo -v minimal "${quick[@]}"
  mkdir -p "$DIST_DIR"
  # By renaming, as a running binary cannot be written over.
  cp "$out/k2i.dbg" "$DIST_DIR/k2i.dbg.new" && mv "$DIST_DIR/k2i.dbg.new" "$DIST_DIR/k2i.dbg"
  cp "$out/k2i" "$DIST_DIR/k2i.new" && mv "$DIST_DIR/k2i.new" "$DIST_DIR/k2i"
  if [[ $(needed_libraries) != "libc.so.6 libm.so.6" ]]; then
    echo "dist/k2i: error LINK0001: it needs more than libc and libm: $(needed_libraries)"
    return 1
  fi
}

needed_libraries() { objdump -p "$DIST_DIR/k2i" | awk '/NEEDED/ && $2 !~ /^ld-linux/ { print $2 }' | sort | paste -sd' '; }

# ---- testing --------------------------------------------------------------------------------------------------------

run_tests() {
  local parts=("$@") part
  ((${#parts[@]})) || parts=(style unit e2e)
  for part in "${parts[@]}"; do
    [[ $part =~ ^(style|unit|e2e)$ ]] || die $EXIT_USAGE "no such part of the tests: $part (style, unit, e2e)"
  done
  rm -rf "$RESULT_DIR"
  mkdir -p "$RESULT_DIR"

  local assemblies=() project
  for part in "${parts[@]}"; do
    case $part in
      style) step format "checking the format" dotnet format whitespace . --folder --verify-no-changes --exclude .build dist --verbosity minimal ;;
      unit) for project in tests/*/*.Tests.csproj; do [[ $project == tests/endtoend/* ]] || assemblies+=("$(basename "$project" .csproj)"); done ;;
      e2e) assemblies+=(K2I.EndToEnd.Tests) ;;
    esac
  done
  ((${#assemblies[@]})) || return 0

  need_test_tools
  build
  if [[ " ${parts[*]} " == *" e2e "* ]]; then publish; fi
  readers
  drop_lock
  export K2I_BINARY=${K2I_BINARY:-$DIST_DIR/k2i} K2I_SHARED=$SHARED_DIR K2I_READERS=$BUILD_DIR/readers K2I_PYTHON=$BUILD_DIR/python
  say "· testing"
  export -f test_assembly failure_lines
  export BUILD_DIR LOG_DIR RESULT_DIR
  # End to end first, the others one after another beside it: it waits for servers most of the time, and takes as long as all of them.
  { printf '%s\n' "${assemblies[@]}" | grep EndToEnd; printf '%s\n' "${assemblies[@]}" | grep -v EndToEnd; } |
    xargs -r -P "$(nproc)" -I{} bash -c 'test_assembly {}' || true
  sum_up "${assemblies[@]}"
}

need_test_tools() {
  local missing
  mapfile -t missing < <(missing_test_packages | tr ' ' '\n')
  install_packages "${missing[@]}"
}

# What stands in for Azure's store, pinned likewise.
azurite() {
  local from=tests/azurite to=$BUILD_DIR/azurite want
  want=$(cat "$from/package.json" "$from/package-lock.json" | hash_of)
  if fresh azurite "$want" && [[ -d $to/node_modules ]]; then return; fi
  mkdir -p "$to"
  cp "$from"/package*.json "$to/"
  step azurite "installing what stands in for Azure's store" npm install --prefix "$to" --no-save --ignore-scripts --no-audit --no-fund
  stamp azurite "$want"
}

# What judges files and tables: readers from npm, pinned by the lock file, and the Python environment of K2I_SHARED.
readers() {
  local from=tests/readers to=$BUILD_DIR/readers want
  want=$(cat "$from/package.json" "$from/package-lock.json" | hash_of)
  if ! fresh readers "$want" || [[ ! -d $to/node_modules ]]; then
    mkdir -p "$to"
    cp "$from"/package*.json "$to/"
    # Not `npm ci`: it refuses a lock file without the packages of other systems, which not every feed has. The hashes are checked all the same.
    step readers "installing the readers that judge files and tables" npm install --prefix "$to" --no-save --ignore-scripts --no-audit --no-fund
    stamp readers "$want"
  fi
  azurite
  if [[ -x $SHARED_DIR/peers/python/install && ! -f $BUILD_DIR/python/.complete ]]; then
    step python "installing the Python readers" "$SHARED_DIR/peers/python/install" "$BUILD_DIR/python"
  fi
  # PyIceberg reads Azure's store by way of it, and it is not among what is installed: pip has one of its own.
  local site
  for site in "$BUILD_DIR"/python/lib/python3*/site-packages; do
    [[ -e $site/packaging || ! -d $site/pip/_vendor/packaging ]] || ln -s pip/_vendor/packaging "$site/packaging"
  done
  if [[ -x $SHARED_DIR/peers/java/jars ]]; then
    step jars "unpacking the servers" "$SHARED_DIR/peers/java/jars"
  fi
}

# One test assembly: its console output in a log, its results in a trx file. The log names tests that take minutes, and one that never
# ends ends its assembly.
test_assembly() {
  local name=$1 log=$LOG_DIR/test-$1.log start=$SECONDS end=ok
  timeout --kill-after=60 2700 \
    dotnet test "$BUILD_DIR/out/bin/$name/release/$name.dll" --logger "trx;LogFileName=$name.trx" --results-directory "$RESULT_DIR" \
    -- xUnit.DiagnosticMessages=true xUnit.LongRunningTestSeconds=300 >"$log" 2>&1 </dev/null || end=FAILED
  if [[ $end == ok ]]; then : >"$RESULT_DIR/$name.ok"; fi
  printf '  %-28s %s  %s s\n' "$name" "$end" "$((SECONDS - start))"
}

# What the trx files say: failures and skips by name with their reason, then the sum. An assembly without results failed, and so did one
# that ended before its last test.
sum_up() {
  local name file passed=0 failed=0 skipped=0 not_run counts failures
  for name in "$@"; do
    file=$RESULT_DIR/$name.trx
    counts='passed="0" total="0"' not_run=0
    if [[ -f $file ]]; then
      counts=$(grep -o '<Counters [^>]*>' "$file")
      not_run=$(grep -c '<UnitTestResult [^>]*outcome="NotExecuted"' "$file" || true)
    fi
    failures=$(($(counter total " $counts") - $(counter passed " $counts") - not_run))
    if ((failures == 0)) && [[ ! -f $RESULT_DIR/$name.ok ]]; then
      say "FAILED $name: it ended before its tests; ${LOG_DIR#"$PWD/"}/test-$name.log ends:"
      tail -15 "$LOG_DIR/test-$name.log"
      failures=1
    fi
    passed=$((passed + $(counter passed " $counts")))
    skipped=$((skipped + not_run))
    failed=$((failed + failures))
    [[ -f $file ]] || continue
    outcomes "$file" Failed FAILED
    outcomes "$file" NotExecuted skipped
  done
  say ""
  say "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0)) || exit $EXIT_FAILED
}

counter() { sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<<"$2"; }

# Prints the tests of a trx file that ended in one way, each with the first lines of its message.
outcomes() {
  awk -v outcome="$2" -v word="$3" '
    BEGIN { RS = "<" }
    /^UnitTestResult / { show = index($0, "outcome=\"" outcome "\"") > 0; match($0, /testName="[^"]*"/); test = substr($0, RSTART + 10, RLENGTH - 11) }
    /^Message>/ && show { message = substr($0, 9); gsub(/\r/, "", message); print word " " test ": " message }
    /^StackTrace>/ && show && outcome == "Failed" { split(substr($0, 12), frame, "\n"); print "    " frame[1] }
  ' "$1" | sed -e 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#xD;//g; s/&#xA;/\n/g; s/&amp;/\&/g' | head -200
}

# Kills the published binary under load and audits what is left.
crash() {
  need_test_tools
  publish
  step crash "compiling the crash run" compile dotnet build tests/crash -c $CONFIGURATION --nologo -v minimal
  readers
  drop_lock
  export K2I_BINARY=${K2I_BINARY:-$DIST_DIR/k2i} K2I_SHARED=$SHARED_DIR K2I_PYTHON=${K2I_PYTHON:-$BUILD_DIR/python}
  exec dotnet "$BUILD_DIR/out/bin/K2I.Crash/release/K2I.Crash.dll" "$@"
}

# ---- the rest -------------------------------------------------------------------------------------------------------

clean() {
  if [[ ${1:-} == --all ]]; then rm -rf "$BUILD_DIR" "$DIST_DIR"; return; fi
  rm -rf "${BUILD_DIR:?}"/{out,publish,results,log,stamp/build,stamp/publish} "$DIST_DIR"
}

main() {
  local command=${1:-help}
  (($#)) && shift
  case $command in
    help | -h | --help) usage; return ;;
    demo | test | build | publish | bench | crash | clean) take_lock ;;
    *) usage >&2; die $EXIT_USAGE "no such command: $command" ;;
  esac
  case $command in
    clean) clean "$@" ;;
    build) need_tools; build ;;
    publish) need_tools; publish ;;
    test) need_tools; run_tests "$@" ;;
    crash) need_tools; crash "$@" ;;
    demo | bench)
      need_tools
      publish
      drop_lock
      exec "$DIST_DIR/k2i" "$command" "$@"
      ;;
  esac
}

main "$@"
