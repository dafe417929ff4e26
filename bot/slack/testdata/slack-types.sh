#!/bin/sh
# Holds the golden files against Slack's own types, and the manifest against Slack's schema of manifests. It is run by hand at
# the root of the repository: bot/slack/testdata/slack-types.sh DIR [FILE.json…]
# DIR keeps the packages that it installs with npm; FILEs are more messages or views to look at. The schema of manifests is no
# package: it is the file schemas/manifest.schema.1.0.0.json of github.com/slackapi/manifest-schema, and is looked at when
# MANIFEST_SCHEMA says where it lies.
# The types know structure and no lengths: those the tests hold against slacktest.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dir=${1:?say where the packages go: $0 DIR [FILE.json…]}
shift
mkdir -p "$dir"
npm install --silent --no-audit --no-fund --prefix "$dir" @slack/types@3.2.0 ts-json-schema-generator@2.10.0 ajv@8.20.0 yaml@2.8.1

cat >"$dir/types.ts" <<'EOF'
import type { KnownBlock, ModalView, HomeView } from "@slack/types";
export type Known = KnownBlock;
export interface Modal extends ModalView {}
export interface Home extends HomeView {}
EOF
"$dir/node_modules/.bin/ts-json-schema-generator" --path "$dir/types.ts" --type '*' --no-type-check -o "$dir/types.json"

cat >"$dir/check.cjs" <<'EOF'
const fs = require("fs"), path = require("path"), Ajv = require("ajv").default, yaml = require("yaml");
const [manifest, ...files] = process.argv.slice(2);
const schema = JSON.parse(fs.readFileSync(path.join(__dirname, "types.json")));
const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addSchema(schema, "types");

// Blocks by their type, so that an error names the field and not all kinds of block that it is not either.
const kinds = {};
for (const [name, d] of Object.entries(schema.definitions)) {
	const type = d.properties?.type?.const;
	if (name.endsWith("Block") && type) kinds[type] = name;
}
let bad = 0, blocks = 0;
const seen = {};

function check(file, at, name, value) {
	const validate = ajv.getSchema("types#/definitions/" + name);
	if (validate(value)) return;
	for (const e of validate.errors) {
		console.log(`BAD  ${file} ${at}${e.instancePath}: ${e.message} ${JSON.stringify(e.params)}`);
		bad++;
	}
}

for (const file of files) {
	const m = JSON.parse(fs.readFileSync(file)), name = path.basename(file);
	if (m.type === "modal") check(name, "modal", "Modal", { ...m, blocks: [] });
	if (name.startsWith("home")) check(name, "home", "Home", { type: "home", blocks: [] });
	(m.blocks ?? []).forEach((b, i) => {
		const at = `block ${i} (${b.type})`;
		blocks++;
		seen[b.type] = (seen[b.type] ?? 0) + 1;
		if (kinds[b.type]) check(name, at, kinds[b.type], b);
		else { console.log(`BAD  ${name} ${at}: no such block`); bad++; }
	});
}
console.log(`${files.length} files, ${blocks} blocks: ${Object.entries(seen).map(([t, n]) => `${n} ${t}`).join(", ")}`);

if (process.env.MANIFEST_SCHEMA) {
	const rules = JSON.parse(fs.readFileSync(process.env.MANIFEST_SCHEMA));
	const source = fs.readFileSync(manifest, "utf8");
	// As it is, and as those send it who take signed requests: with the addresses that are commented out.
	for (const [form, text] of [["as it is", source], ["with addresses", source.replace(/# ((?:request_)?url:)/g, "$1")]]) {
		const validate = new Ajv({ strict: false, allErrors: true, formats: { uri: true } }).compile(rules);
		const ok = validate(yaml.parse(text));
		for (const e of validate.errors ?? []) console.log(`BAD  manifest ${form} ${e.instancePath}: ${e.message} ${JSON.stringify(e.params)}`);
		console.log(`manifest ${form}: ${ok ? "valid" : "not valid"}`);
		if (!ok) bad++;
	}
} else console.log("manifest: not looked at, since MANIFEST_SCHEMA is not set");
console.log(bad ? `${bad} wrong` : "all as Slack's types have it");
process.exit(bad ? 1 : 0);
EOF
node "$dir/check.cjs" "$here/../../../configs/slack-manifest.yaml" "$here"/*.golden.json "$@"
