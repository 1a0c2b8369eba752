// Loads the extension's bundle without VS Code, activates it, and prints what it did as JSON.
"use strict";
const Module = require("node:module");

const childProcess = require("node:child_process");

// With a number, the settings change so often while the server starts.
const [bundle, command, stack, changes = 0] = process.argv.slice(2);
const servers = [];
const spawn = childProcess.spawn;
childProcess.spawn = (...args) => {
    const server = spawn(...args);
    servers.push(server);
    return server;
};
const running = () => servers.filter((each) => each.exitCode === null && each.signalCode === null).length;
let onChange;
const commands = [];
const errors = [];
const settings = { command, stack };

// Whatever VS Code has and nobody asks for here: a class, a function and a namespace at once.
const anything = () =>
    new Proxy(class {}, {
        get: (target, name) => {
            if (name === Symbol.toPrimitive) return () => "anything";
            if (name === "then") return undefined;
            return name in target ? target[name] : (target[name] = anything());
        },
        apply: () => ({ dispose() {} }),
    });
const disposable = { dispose() {} };
const listen = () => disposable;
const listeners = () =>
    new Proxy(
        {},
        {
            get: (target, name) =>
                name in target ? target[name] : String(name).startsWith("on") ? listen : undefined,
        },
    );
class EventEmitter {
    event = listen;
    fire() {}
    dispose() {}
}
class Position { constructor(line, character) { Object.assign(this, { line, character }); } }
class Range { constructor(start, end) { Object.assign(this, { start, end }); } }
const uri = (path) => ({ scheme: "file", fsPath: path, path, toString: () => `file://${path}` });
const vscode = new Proxy(
    {
        version: "1.91.0",
        EventEmitter,
        Position,
        Range,
        Uri: { parse: (text) => uri(text.replace("file://", "")), file: uri },
        env: { language: "en", appName: "headless" },
        commands: { registerCommand: (name) => (commands.push(name), disposable) },
        window: Object.assign(listeners(), {
            showErrorMessage: async (text) => void errors.push(text),
            createOutputChannel: () => ({ append() {}, appendLine() {}, dispose() {}, show() {} }),
            visibleTextEditors: [],
            tabGroups: { all: [], onDidChangeTabs: listen },
        }),
        workspace: Object.assign(listeners(), {
            getConfiguration: () => ({ get: (name) => settings[name] }),
            onDidChangeConfiguration: (listener) => ((onChange ??= listener), disposable),
            textDocuments: [],
            workspaceFolders: [],
            notebookDocuments: [],
        }),
    },
    { get: (target, name) => (name in target ? target[name] : (target[name] = anything())) },
);

const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));
const extension = require(bundle);

const done = () => {
    const exports = Object.keys(extension).sort();
    console.log(JSON.stringify({ exports, commands, errors, servers: [servers.length, running()].map(String) }));
    process.exit(0);
};
setTimeout(done, 20000).unref();
const activated = extension.activate({ subscriptions: [] });
const changed = Array.from({ length: Number(changes) }, () => onChange({ affectsConfiguration: () => true }));
// A server that was told to end does so soon.
const whenOneRuns = () => (running() > 1 ? setTimeout(whenOneRuns, 50) : done());
Promise.all([activated, ...changed]).then(whenOneRuns, (error) => {
    errors.push(String(error.stack));
    done();
});
