#!/usr/bin/env bash
# system-packages.sh [browser] [neo4j]: what pip cannot bring. Default: both.
#   browser   Chromium and a Chinese font, for the tests that open the app
#   neo4j     Maven (with its Java), which fetches the Neo4j server's published jars
# Quiet and quick when all is there; says in one line what it installs or leaves out; never fails the build.
set -uo pipefail
wanted=("$@")
((${#wanted[@]})) || wanted=(browser neo4j)

has() { command -v "$1" >/dev/null 2>&1; }

has_chromium() {
  [[ -n ${JIWANG_CHROMIUM:-} && -x ${JIWANG_CHROMIUM:-} ]] && return
  has chromium || has chromium-browser || has google-chrome
}

has_chinese_font() { has fc-list && [[ -n $(fc-list ':lang=zh-cn' family 2>/dev/null) ]]; }

missing=() lost=()
for group in "${wanted[@]}"; do
  case $group in
    browser)
      has_chromium || { missing+=(chromium); lost+=("no Chromium: tests marked browser are skipped; install chromium, or name one in JIWANG_CHROMIUM"); }
      has_chinese_font || { missing+=(fonts-noto-cjk fontconfig); lost+=("no Chinese font: screenshots show boxes; install fonts-noto-cjk"); }
      ;;
    neo4j)
      has mvn || { missing+=(maven); lost+=("no Maven: no Neo4j server on this machine, tests marked neo4j are skipped; install maven (with a Java), or name a running server in JIWANG_TEST_NEO4J_URI"); }
      ;;
    *) echo "system: unknown group '$group' (browser, neo4j)" >&2 ;;
  esac
done
((${#missing[@]})) || exit 0

install_debian() {
  export DEBIAN_FRONTEND=noninteractive
  echo "system: installing ${missing[*]} (apt-get)"
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 && return
  # The lists may be old or absent; refresh them once and try again.
  apt-get update -qq >/dev/null 2>&1
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1
}

if [[ $(id -u) == 0 ]] && has apt-get; then
  install_debian && exit 0
  echo "system: apt-get could not install ${missing[*]}" >&2
fi
for line in "${lost[@]}"; do
  echo "system: $line" >&2
done
exit 0
