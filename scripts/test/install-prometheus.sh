#!/usr/bin/env bash
# Puts programs of Prometheus into a folder: those of the system, else from Debian's package unpacked (no service
# is started). usage: install-prometheus.sh FOLDER [PACKAGE PROGRAM…]; by default prometheus with promtool.
set -euo pipefail
folder=${1:?usage: install-prometheus.sh FOLDER [PACKAGE PROGRAM…]}
package=${2:-prometheus}
programs=("${@:3}")
[[ ${#programs[@]} == 0 ]] && programs=(prometheus promtool)

if command -v "${programs[@]}" > /dev/null && [[ $(command -v "${programs[@]}" | wc -l) == "${#programs[@]}" ]]; then
  for program in "${programs[@]}"; do ln -sf "$(command -v "$program")" "$folder"; done
  exit
fi
if ! command -v apt-get > /dev/null || ! command -v dpkg-deb > /dev/null; then
  echo "${programs[*]}: missing; install Prometheus 2.42 or newer (Debian: apt-get install $package; macOS: brew install prometheus)" >&2
  exit 1
fi
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
download() { (cd "$unpacked" && apt-get download --quiet=2 "$package" 2> "$unpacked/why"); }
if ! download && ! { [[ $(id -u) == 0 ]] && apt-get update --quiet=2 && download; }; then
  cat "$unpacked/why" >&2
  echo "${programs[*]}: missing, and Debian's package can't be fetched: run apt-get install $package" >&2
  exit 1
fi
dpkg-deb --extract "$unpacked/$package"_*.deb "$unpacked"
# Debian's Alertmanager reads its templates from where its package puts them, and from nowhere else.
templates=/usr/share/prometheus/alertmanager
if [[ -d $unpacked$templates && ! -d $templates ]]; then
  mkdir -p "$(dirname $templates)" 2> /dev/null && cp -r "$unpacked$templates" "$templates" 2> /dev/null || {
    echo "${programs[*]}: needs $templates: run apt-get install $package" >&2
    exit 1
  }
fi
for program in "${programs[@]}"; do install -m 755 "$unpacked/usr/bin/$program" "$folder"; done
