#!/bin/sh
# Goldens for the chat template engine. Makes a Python environment with Jinja2 in the user's cache (through pip).
#   templates.sh own          remakes the committed goldens of our own small templates
#   templates.sh real [DIR]   gets the real templates from the llama-cpp-python source distribution and renders them
#                             with many chats into DIR (default: in the cache); its last line is that folder, in which
#                             "vocabularies" has the real vocabularies of that distribution
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${SMELT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/smelt}/oracles
python=$cache/templates-venv/bin/python
if ! "$python" -c 'import jinja2; assert jinja2.__version__ == "3.1.6"' 2>/dev/null; then
    mkdir -p "$cache"
    python3 -m venv "$cache/templates-venv"
    "$python" -m pip install --quiet --disable-pip-version-check jinja2==3.1.6
fi

case ${1:-} in
own)
    "$python" "$here/templates.py" own "$here/../../tokenizer/src/test/resources/smelt/tokenizer/jinja/goldens.json"
    ;;
real)
    folder=${2:-$cache/templates}
    if [ ! -f "$folder/complete-2" ]; then
        mkdir -p "$folder"
        download=$(mktemp -d)
        trap 'rm -rf "$download"' EXIT
        "$python" -m pip download --quiet --disable-pip-version-check --no-deps --no-binary llama-cpp-python \
            -d "$download" llama-cpp-python==0.3.36 >&2
        tar -xzf "$download"/llama_cpp_python-*.tar.gz -C "$download" --wildcards \
            '*/llama.cpp/models/templates/*.jinja' '*/llama.cpp/models/ggml-vocab-*'
        find "$download" -name '*.jinja' -exec cp {} "$folder/" \;
        mkdir -p "$folder/vocabularies"
        find "$download" -name 'ggml-vocab-*' -exec cp {} "$folder/vocabularies/" \;
        touch "$folder/complete-2"
    fi
    "$python" "$here/templates.py" real "$folder" "$folder/goldens.json" >&2
    echo "$folder"
    ;;
*)
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
