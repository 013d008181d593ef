#!/bin/sh
# Manual, help and tables of the program say the same.
# shellcheck source=tests/e2e/lib.sh
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1

# plain PAGE: its text without roff's escapes.
plain() {
    sed 's/\\-/-/g; s/\\&//g; s/\\(ga/`/g; s/\\f[BIRP]//g; s/\\e/\\/g' "$build/man/$1" >"$1"
}
plain cometdeck.1
plain cometdeck-keys.7
plain cometdeck-workspace.5

for page in cometdeck.1 cometdeck-keys.7 cometdeck-workspace.5; do
    ok "${page}_has_all_its_tables" test -z "$(grep 'TABLE' "$page")"
    if command -v man >/dev/null && command -v groff >/dev/null; then
        man --warnings -l "$build/man/$page" 2>"$page.warnings" >/dev/null
        is "${page}_is_sound_roff" "$(cat "$page.warnings")" ""
    fi
done

"$cometdeck" --help >help
for verb in demo init send judge "catalog fetch" "catalog list" simulate scan explain check "policy show" "policy set" help; do
    # shellcheck disable=SC2086
    "$cometdeck" help $verb >verb-help
    has "the_manual_has_$verb" cometdeck.1 ".SS cometdeck $verb"
    grep -o -e '--[a-z][a-z-]*' verb-help | sort -u >options
    missing=$(while read -r option; do
        grep -qF -e "$option" cometdeck.1 || echo "$option"
    done <options)
    is "the_manual_has_all_options_of_$verb" "$missing" ""
done

"$cometdeck" help check >verb-help
has "check_has_its_formats" verb-help "text, json, tap, junit, markdown or jsonl, to standard output"
run "$cometdeck" check --cadence weekly
sed 's/.*there are //; s/,//g' err | tr ' ' '\n' >tags
while read -r tag; do
    has "check_has_the_cadence_$tag" verb-help "$tag"
done <tags
"$cometdeck" help send >verb-help
has "send_has_its_own" verb-help "text or json, to standard output"

# How a probe is written: every member that the schema knows.
sed -n '/^PROBES\|^\.SH probes/,/^\.SH findings/p' cometdeck-workspace.5 >probes.part
missing=$(grep -o '^ *"[a-z_]*": {' "$top/share/schema/probes.schema.json" | tr -d ' ":{' | sort -u |
    grep -vx 'properties\|items\|id\|words\|steps\|step\|suite\|probe\|additionalProperties' |
    while read -r member; do grep -qF -e "$member" probes.part || echo "$member"; done)
is "the_manual_has_every_member_of_a_probe" "$missing" ""

"$cometdeck" init example >/dev/null
mkdir example/probes
sed -n '/^\.SH probes/,/^\.EE/p' "$build/man/cometdeck-workspace.5" | sed '1,/^\.EX/d; /^\.EE/d; s/\\-/-/g' \
    >example/probes/own.json
run "$cometdeck" check ours -w example --model m --dry-run
is "its_example_can_be_run" "$status" 0

# The other way round: what the manual offers is known.
grep -o '^\(-[a-z], \)\{0,1\}--[a-z][a-z-]*' cometdeck.1 | sed 's/^-., //' | sort -u >offered
unknown=$(while read -r option; do
    for verb in "" demo init send judge "catalog fetch" "catalog list" simulate scan explain check "policy show" "policy set"; do
        # shellcheck disable=SC2086
        "$cometdeck" $verb --help
    done | grep -qF -e "$option " -e "$option
" || echo "$option"
done <offered)
is "the_program_knows_all_options_of_the_manual" "$unknown" ""
ok "the_manual_offers_options" test "$(grep -c . offered)" -gt 15

"$cometdeck" simulate --list | sed 's/^ *sim.//; s/^ *//; s/ .*//' >names
missing=$(while read -r name; do
    grep -qxF -e "$name" -e "$name complete" cometdeck.1 || grep -q "^$name " cometdeck.1 || echo "$name"
done <names)
is "the_manual_has_all_scenarios" "$missing" ""

missing=$(sed -n 's/^REQUEST([A-Z_]*, "\([^"]*\)".*/\1/p' "$top/ui/request.def" | while read -r name; do
    grep -qx -e "$name" -e "$name .*" cometdeck-keys.7 || echo "$name"
done)
is "the_manual_has_all_commands_of_the_console" "$missing" ""
missing=$(sed -n 's/^REASON([A-Z0-9_]*, "\([^"]*\)".*/\1/p' "$top/src/judge/reasons.def" | while read -r name; do
    grep -qx -e "$name" -e "$name note" cometdeck.1 || echo "$name"
done)
is "the_manual_has_all_reasons" "$missing" ""
missing=$(sed -n '/^#/d; s/^\([^ ]\{1,\}\) \{1,\}\([^ ].*\)$/\1 \2/p' "$top/share/keymap" | while read -r binding; do
    grep -qxF -e "$binding" cometdeck-keys.7 || echo "$binding"
done)
is "the_manual_has_all_keys" "$missing" ""
for status in 0 1 2 3 4 130; do
    has "the_manual_has_status_$status" cometdeck.1 "  $status "
    has "the_help_has_status_$status" help "  $status "
    has "the_readme_has_status_$status" "$top/README.md" "| $status |"
done
finish
