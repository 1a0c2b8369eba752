// Which of the program's functions that are given to `apply` did not run, and may make resources.
//
// A function that waits for a value that is not known does not run in a preview. What it would make,
// nobody sees. Most make texts: whether one may make resources is read in its text, and in those of
// the program's functions that it names.
"use strict";

const fs = require("fs");

const { Closures } = require("./node_closures.cjs");
const { callerPlace, isOwn } = require("./node_positions.cjs");

/** Takes a JSON list of objects; the monitor beside serves it. */
const METHOD = "/apex.Program/Unrun";

/** Names with their members, and whether an object is made of them. */
const NAMED = /(?<![\w$.])(new\s+)?([A-Za-z_$][\w$]*(?:\s*\??\.\s*[A-Za-z_$][\w$]*)*)/g;

/** An object made of what has no name of its own. */
const UNNAMED = /(?<![\w$.])new\s*\(/;

/** What programs make of the SDK's classes that is no resource of theirs. */
const HARMLESS = new Set([
    "AssetArchive", "Config", "FileArchive", "FileAsset", "RemoteArchive", "RemoteAsset",
    "ResourceError", "RunError", "StackReference", "StringAsset",
]);

/** Comments and texts, and texts with code in them. */
const WORDS = new RegExp(
    "//[^\\n]*|/\\*[^]*?\\*/"
    + `|"(?:\\\\.|[^"\\\\\\n])*"|'(?:\\\\.|[^'\\\\\\n])*'`
    + "|`(?:\\\\.|\\$\\{(?:[^{}`]|\\{[^{}]*\\}|`[^`]*`)*\\}|[^`\\\\])*`",
    "g",
);
const INSERTED = /\$\{((?:[^{}`]|\{[^{}]*\}|`[^`]*`)*)\}/g;

/** The code of a text, without what is only said in it. */
function code(text) {
    return text.replace(WORDS, (words) =>
        words[0] === "`" ? [...words.matchAll(INSERTED)].map(([, inner]) => code(inner)).join(";") : '""',
    );
}

/** A member of what is no output or resource, which may do things when they are asked. */
function member(of, name) {
    try {
        const isPlain = of !== null && of !== undefined && !of.__pulumiOutput && !of.__pulumiResource;
        return isPlain ? of[name] : undefined;
    } catch {
        return undefined;
    }
}

/** Whether a class is one of resources: of whichever copy of the SDK. */
function isResourceClass(value) {
    for (let base = value; typeof base === "function"; base = Object.getPrototypeOf(base)) {
        if (HARMLESS.has(base.name)) {
            return false;
        }
        if (base.name === "Resource") {
            return true;
        }
    }
    return false;
}

/** The text of a class's method, by its name; "" where the file has none. */
function method(source, name) {
    const escaped = name.replace(/\$/g, "\\$");
    const start = `^[ \\t]*(?:[a-z]+\\s+)*${escaped}\\s*(?:=\\s*(?:async\\s*)?)?\\([^)]*\\)[^;{}]*\\{`;
    const found = new RegExp(start, "m").exec(source);
    return found === null ? "" : body(source, found.index);
}

/** From a place in a text to the end of the first block behind it. */
function body(text, start) {
    let depth = 0;
    for (let place = start; place < text.length; place += 1) {
        depth += { "{": 1, "}": -1 }[text[place]] ?? 0;
        if (depth === 0 && text[place] === "}") {
            return text.slice(start, place + 1);
        }
    }
    return text.slice(start);
}

function sourceOf(file) {
    try {
        return fs.readFileSync(file, "utf8");
    } catch {
        return "";
    }
}

/** Looks into functions. */
class Reader {
    constructor() {
        this.closures = Closures.open();
        this.source = "";
        this.read = new Map();
    }

    /** Whether a function, or one that it names, may make resources; `file` is where it is given. */
    mayMake(callback, file) {
        this.source = sourceOf(file);
        return this.makes(callback);
    }

    makes(callback) {
        if (!this.read.has(callback)) {
            // Until it is known, for a function that names itself.
            this.read.set(callback, false);
            const found = this.closures.read(callback);
            const isLooked = found !== undefined && (found.file === "" || isOwn(found.file));
            this.read.set(callback, isLooked && this.textMakes(found.text, found.find, new Set()));
        }
        return this.read.get(callback);
    }

    textMakes(text, find, methods) {
        const plain = code(text);
        if (UNNAMED.test(plain)) {
            return true;
        }
        for (const [, made, path] of plain.matchAll(NAMED)) {
            const [first, ...members] = path.split(/[\s?]*\.\s*/);
            if (first === "this" && members.length > 0 && !methods.has(members[0])) {
                const inner = method(this.source, members[0]);
                if (this.textMakes(inner, find, methods.add(members[0]))) {
                    return true;
                }
            }
            const value = members.reduce(member, find(first));
            if (made && value === undefined) {
                if (!(first in globalThis) && !HARMLESS.has(members.at(-1) ?? first)) {
                    return true;
                }
            } else if (typeof value === "function") {
                if (isResourceClass(value) ? made : this.makes(value)) {
                    return true;
                }
            }
        }
        return false;
    }
}

/** Those that the program gave to `apply`, by their places. */
class Callbacks {
    /** `waitedFor` names what an output waits for. */
    constructor(waitedFor) {
        this.given = new Map();
        this.waitedFor = waitedFor;
    }

    /** `Output.apply`, remembered. */
    watch(original) {
        const { given } = this;
        return function (callback, runsAlways, ...more) {
            const place = runsAlways === true ? undefined : callerPlace();
            if (place !== undefined) {
                const key = `${place.file}:${place.line}:${place.column}`;
                const others = given.get(key)?.outputs ?? [];
                given.set(key, { place, callback, outputs: [...others, this] });
            }
            return original.call(this, callback, runsAlways, ...more);
        };
    }

    /** Those that did not run and may make resources: file, line, name and why. */
    async unrun() {
        const found = [];
        let reader;
        for (const { place, callback, outputs } of this.given.values()) {
            const unknown = [];
            for (const output of outputs) {
                const never = new Promise((resolve) => setImmediate(resolve, true));
                if ((await Promise.race([output.isKnown.catch(() => true), never])) !== true) {
                    unknown.push(output);
                }
            }
            if (unknown.length > 0 && (reader ??= new Reader()).mayMake(callback, place.file)) {
                const names = unknown.flatMap((output) => this.waitedFor(output)).sort();
                const waited = [...new Set(names)].join(", ");
                const why = waited ? `it waits for ${waited}` : "its value is not known";
                const name = callback.name ?? "";
                found.push({ file: place.file, line: Number(place.line), name, why });
            }
        }
        reader?.closures.end();
        return found;
    }

    /** Tells the monitor of them when the program has nothing more to do. */
    tellAtEnd(send) {
        process.once("beforeExit", async () => {
            const found = await this.unrun();
            if (found.length > 0) {
                send(METHOD, found, () => {});
            }
        });
    }
}

module.exports = { Callbacks };
