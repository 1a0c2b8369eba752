// Runs a JavaScript or TypeScript program in the program's own environment; started by the launcher
// beside it with the program's path.
//
// Only Node.js and the program's own Pulumi SDK are there. The instructions come as one line of JSON
// on standard input, once the monitor is up; by then the larger parts of the SDK are loaded. What
// follows is the SDK's own start script, as Pulumi's language host runs it.
"use strict";

const fs = require("fs");
const { createRequire } = require("module");
const path = require("path");

const { describe } = require("./node_errors.cjs");
const { prepare } = require("./node_sdk.cjs");
const stacks = require("./node_stacks.cjs");

const program = process.argv[2];
const isFolder = fs.statSync(program).isDirectory();
const folder = isFolder ? program : path.dirname(program);

/** Makes the packages of Yarn's Plug'n'Play known, which has no node_modules. */
function plugAndPlay() {
    if (process.versions.pnp !== undefined) {
        return;
    }
    for (let place = folder; ; place = path.dirname(place)) {
        const file = path.join(place, ".pnp.cjs");
        if (fs.existsSync(file)) {
            require(file).setup();
            const loader = path.join(place, ".pnp.loader.mjs");
            const { register } = require("module");
            if (register !== undefined && fs.existsSync(loader)) {
                register(require("url").pathToFileURL(loader));
            }
            return;
        }
        if (place === path.dirname(place)) {
            return;
        }
    }
}

/** Loads what takes long, and does not read the instructions. */
function preload(sdk) {
    const names = ["./proto/resource_grpc_pb", "./proto/engine_grpc_pb"];
    if (process.env.PULUMI_NODEJS_TYPESCRIPT === "true") {
        names.push("typescript", "ts-node");
    }
    for (const name of names) {
        try {
            sdk(name);
        } catch {
            // Another SDK may have it elsewhere: it will be loaded where it is needed.
        }
    }
}

/** The first line of standard input; "" where there is none. */
function readLine() {
    const pieces = [];
    const piece = Buffer.alloc(65536);
    for (;;) {
        let size = 0;
        try {
            size = fs.readSync(0, piece);
        } catch (error) {
            if (error.code === "EAGAIN") {
                continue;
            }
            if (error.code !== "EOF") {
                throw error;
            }
        }
        pieces.push(Buffer.from(piece.subarray(0, size)));
        if (size === 0 || piece.subarray(0, size).includes(10)) {
            return Buffer.concat(pieces).toString("utf8").split("\n")[0];
        }
    }
}

/** What the language host sets; other copies of the SDK in node_modules read it, too. */
function setVariables(told) {
    Object.assign(process.env, {
        PULUMI_CONFIG: JSON.stringify(told.config),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(told.secret_keys),
        PULUMI_NODEJS_DRY_RUN: "true",
        PULUMI_NODEJS_ENGINE: told.monitor,
        PULUMI_NODEJS_MONITOR: told.monitor,
        PULUMI_NODEJS_ORGANIZATION: "organization",
        PULUMI_NODEJS_PARALLEL: "16",
        PULUMI_NODEJS_PROJECT: told.project,
        PULUMI_NODEJS_ROOT_DIRECTORY: told.root,
        PULUMI_NODEJS_STACK: told.stack,
    });
}

plugAndPlay();
const script = createRequire(path.join(folder, "index.js")).resolve("@pulumi/pulumi/cmd/run");
const sdk = createRequire(path.resolve(script, "../../../package.json"));
preload(sdk);
const line = readLine();
if (line === "") {
    process.exit(1);
}
const told = JSON.parse(line);
setVariables(told);
prepare(sdk, told);
stacks.keep(sdk("./index.js"));
process.argv = [
    process.argv[0],
    script,
    "--monitor", told.monitor,
    "--engine", told.monitor,
    "--organization", "organization",
    "--project", told.project,
    "--root-directory", told.root,
    "--stack", told.stack,
    "--pwd", folder,
    "--parallel", "16",
    "--dry-run",
    isFolder ? "." : path.basename(program),
];
// The compiler refuses its options before the SDK has anybody look at errors.
for (const event of ["uncaughtException", "unhandledRejection"]) {
    process.on(event, (error) => {
        if (error?.name === "TSError") {
            error.stack = describe(error);
        }
    });
}
require(script);
