#!/usr/bin/env bash
# Puts prometheus and promtool into a folder: those of the system, else Debian's package unpacked (nothing is installed,
# no service is started). usage: install-prometheus.sh FOLDER
set -euo pipefail
folder=${1:?usage: install-prometheus.sh FOLDER}

if ! command -v promtool > /dev/null || ! command -v prometheus > /dev/null; then
  if ! command -v apt-get > /dev/null || ! command -v dpkg-deb > /dev/null; then
    echo "promtool is missing: install Prometheus 2.42 or newer (Debian: apt-get install prometheus; macOS: brew install prometheus)" >&2
    exit 1
  fi
  unpacked=$(mktemp -d)
  trap 'rm -rf "$unpacked"' EXIT
  download() { (cd "$unpacked" && apt-get download --quiet=2 prometheus 2> "$unpacked/why"); }
  if ! download && ! { [[ $(id -u) == 0 ]] && apt-get update --quiet=2 && download; }; then
    cat "$unpacked/why" >&2
    echo "promtool is missing and Debian's package can't be fetched: run apt-get install prometheus" >&2
    exit 1
  fi
  dpkg-deb --extract "$unpacked"/prometheus_*.deb "$unpacked"
  install -m 755 "$unpacked/usr/bin/prometheus" "$unpacked/usr/bin/promtool" "$folder"
else
  ln -sf "$(command -v prometheus)" "$(command -v promtool)" "$folder"
fi
