# Builds the command line into $dist. Sourced by ./smelt after java.sh, only when there is something to build.

# build_once: leaves a fresh build and its folder in $build; only one process builds at a time
build_once() {
  if ! mkdir -p "$dist" 2>/dev/null || [ ! -w "$dist" ]; then
    cache_folder
    dist=$result_cache/build/$(printf '%s' "$root" | cksum | tr ' ' -)
    is_fresh && return 0
    mkdir -p "$dist" || fail "neither $root nor $dist can be written" 'set SMELT_CACHE to a folder of yours'
  fi
  lock_dist
  if ! is_fresh; then
    need_java
    need_maven
    build_now
  fi
  unlock_dist
}

# The build has its own copy of the sources: it disturbs nobody who works in the project's folder, nor they it.
copy_sources() {
  sources=$dist/sources
  mkdir -p "$sources"
  cp -p "$root/pom.xml" "$sources/"
  for pom in "$root"/*/pom.xml; do
    room=${pom%/pom.xml}
    room=${room##*/}
    rm -rf "$sources/$room/src"
    mkdir -p "$sources/$room/src"
    cp -p "$pom" "$sources/$room/"
    [ ! -d "$root/$room/src/main" ] || cp -Rp "$root/$room/src/main" "$sources/$room/src/"
  done
}

# flock ends with its holder, however that ends; without it (macOS) a folder named after the holder does the same work.
lock_dist() {
  lock=$dist/lock
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$lock"
    flock -n 9 || { say 'another start is building; waiting for it' && flock 9; }
    return 0
  fi
  told=
  until mkdir "$lock.d" 2>/dev/null; do
    holder=$(cat "$lock.d/pid" 2>/dev/null) || holder=
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
      mv "$lock.d" "$lock.$$" 2>/dev/null && rm -rf "$lock.$$"
    fi
    [ -n "$told" ] || say 'another start is building; waiting for it'
    told=1
    sleep 1
  done
  echo $$ >"$lock.d/pid"
  trap 'rm -rf "$lock.d"' EXIT
  trap 'exit 130' INT TERM HUP
}

unlock_dist() {
  if command -v flock >/dev/null 2>&1; then
    exec 9>&-
  else
    rm -rf "$lock.d"
    trap - EXIT INT TERM HUP
  fi
}

build_now() {
  id=$(date +%Y%m%d-%H%M%S)-$$
  new=$dist/$id
  log=$dist/build.log
  mkdir -p "$new/lib"
  : >"$new/began"
  copy_sources
  say "building with $result_java (log: $log)"
  { quick_maven -f "$sources/pom.xml" -pl cli -am -Dmaven.test.skip=true package 2>&1 && : >"$new/built"; } \
    | tee "$log" | show_progress
  [ -e "$new/built" ] || {
    rm -rf "$new"
    grep -v 'Download' "$log" | tail -n 30 >&2
    fail 'the build failed; the end of its log is above' "the whole log: $log" \
      'no network: check the proxy and mirror settings of Maven; a compile error: ./verify tells more'
  }
  {
    tr '|' '\n' <"$sources/cli/target/runtime-jars"
    printf '\n%s\n' "$sources"/cli/target/smelt-cli-*.jar
  } | while IFS= read -r jar; do
    case $jar in
      '') ;;
      "$sources"/*) cp "$jar" "$new/lib/" ;;
      *) ln "$jar" "$new/lib/" 2>/dev/null || cp "$jar" "$new/lib/" ;;
    esac
  done
  train_start "$new"
  printf '%s\n' "$result_java" >"$new/java"
  forget_old_builds
  printf '%s\n' "$id" >"$dist/current.new"
  mv "$dist/current.new" "$dist/current"
  build=$new
}

show_progress() {
  while IFS= read -r line; do
    case $line in
      '[INFO] Building smelt-'*'['*)
        line=${line#*smelt-}
        step=${line##*[}
        say "compiling ${line%% *} (${step%]})"
        ;;
      '[INFO] Downloading from '*.jar) say "fetching ${line##*/}" ;;
    esac
  done
}

# A trial run lets the JVM keep loaded and linked classes; a start takes them from that file where they still fit.
# It chats with a tiny random model, so that it meets what a real answer will: finding the model by name or path,
# reading, tokenizer, chat template, packing, compiling, stepping, sampling.
train_start() {
  . "$root/scripts/flags.sh"
  say 'preparing a fast start'
  modernise_classes "$1"
  tiny=$root/check/src/test/resources/training-model
  set -- "$1" run model.gguf 'What is the capital of Japan?' --max-tokens 32 --ignore-eos --stats
  [ -d "$tiny" ] || { tiny=$root && set -- "$1" --help; }
  new=$1
  shift
  (cd "$tiny" \
    && "$result_java/bin/java" "-XX:AOTCacheOutput=$new/smelt.aot" $JVM_FLAGS -cp "$new/lib/*" smelt.cli.Main "$@" \
      >"$new/train.log" 2>&1 </dev/null) || true
}

# Without javac, which runs a source file, or where it fails, starts only take longer.
modernise_classes() {
  [ -x "$result_java/bin/javac" ] || return 0
  for jar in "$1"/lib/picocli-*.jar; do
    [ -e "$jar" ] || continue
    "$result_java/bin/java" "$root/scripts/ModernClasses.java" "$jar" >"$1/modern.log" 2>&1 || true
  done
}

# The build before this one stays: somebody may still be running it.
forget_old_builds() {
  keep=
  [ ! -r "$dist/current" ] || IFS= read -r keep <"$dist/current" || keep=
  for old in "$dist"/*/began; do
    old=${old%/began}
    case ${old##*/} in
      "$id" | "$keep") ;;
      *) rm -rf "$old" ;;
    esac
  done
}
