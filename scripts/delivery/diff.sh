#!/usr/bin/env bash
# What a change does to the infrastructure of a stage, as Markdown: diff.sh STAGE BEFORE AFTER, two folders that `make assembly`
# wrote. Asks no AWS account.
set -euo pipefail
if [[ ${1:-} == --help ]]; then sed -n '2,/^set /s/^# //p' "$0"; exit; fi
stage=${1:?usage: diff.sh STAGE BEFORE AFTER}
before=${2:?usage: diff.sh STAGE BEFORE AFTER}/assembly-$stage
after=${3:?usage: diff.sh STAGE BEFORE AFTER}/assembly-$stage
export NO_COLOR=1
changed=0
echo "## Infrastructure of \`$stage\`"
for template in "$after"/*.template.json; do
  name=$(basename "$template" .template.json)
  old=$before/$name.template.json
  if [[ ! -f $old ]]; then
    printf '\n### %s\n\nThis stack is new.\n' "$name"
    changed=1
  elif ! cmp --silent "$old" "$template"; then
    # Ids in an assembly are STAGE/STACK, names of files hold them without the slash.
    id="$stage/$(sed "s/^$stage//; s/........$//" <<< "$name")"
    printf '\n### %s\n\n```\n' "$id"
    cdk diff --app "$3" --template "$old" --exclusively "$id" 2>&1 | sed -E '/^(Stack|start:|✨)/d'
    printf '```\n'
    changed=1
  fi
done
for template in "$before"/*.template.json; do
  name=$(basename "$template")
  if [[ ! -f $after/$name ]]; then
    printf '\n### %s\n\n**This stack is gone.**\n' "${name%.template.json}"
    changed=1
  fi
done
if [[ $changed == 0 ]]; then
  printf '\nNo stack changes.\n'
fi
