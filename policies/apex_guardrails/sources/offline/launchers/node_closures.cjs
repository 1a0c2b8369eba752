// What the names in a function stand for, wherever it was written: asked of Node.js's own debugger.
//
// A text alone does not tell: a name may be imported, bound, or given from outside.
"use strict";

const { fileURLToPath } = require("url");

const NATIVE = /\{\s*\[native code\]\s*\}\s*$/;

/** Where values are handed over; nobody else has its name. */
const HELD = `apex-held-${process.pid}-${Date.now()}`;

/** Functions by their texts alone, where there is no debugger. */
const texts = {
    read: (callback) => ({ text: String(callback), find: () => undefined, file: "" }),
    end() {},
};

/** The debugger, attached to this process as long as it is asked. */
class Closures {
    /** One that is attached, or what does without. */
    static open() {
        try {
            return new Closures();
        } catch {
            return texts;
        }
    }

    constructor() {
        const { Session } = require("inspector");
        this.files = new Map();
        this.session = new Session();
        this.session.connect();
        this.session.on("Debugger.scriptParsed", ({ params }) => {
            this.files.set(params.scriptId, params.url);
        });
        this.ask("Debugger.enable");
    }

    /** What the debugger answers; it does so at once. */
    ask(method, params) {
        let answer;
        this.session.post(method, params, (error, result) => {
            answer = error ? {} : result;
        });
        return answer ?? {};
    }

    end() {
        this.session.disconnect();
    }

    /** Its name for a value. */
    handle(value) {
        globalThis[HELD] = value;
        const { result } = this.ask("Runtime.evaluate", { expression: `globalThis["${HELD}"]` });
        delete globalThis[HELD];
        return result?.objectId;
    }

    /** The value of a name of its own. */
    value(objectId) {
        this.ask("Runtime.callFunctionOn", {
            objectId,
            functionDeclaration: `function () { globalThis["${HELD}"] = this; }`,
        });
        const value = globalThis[HELD];
        delete globalThis[HELD];
        return value;
    }

    properties(objectId) {
        const params = { objectId, ownProperties: true };
        return objectId === undefined ? {} : this.ask("Runtime.getProperties", params);
    }

    internal(objectId, name) {
        const found = this.properties(objectId).internalProperties ?? [];
        return found.find((property) => property.name === name)?.value;
    }

    /**
     * The program's text of a function, and what finds what a name in it stands for.
     *
     * `undefined` where it has none: it is Node's own.
     */
    read(callback) {
        let objectId = this.handle(callback);
        let text = String(callback);
        const target = NATIVE.test(text) ? this.internal(objectId, "[[TargetFunction]]") : undefined;
        if (target?.objectId !== undefined) {
            objectId = target.objectId;
            text = String(this.value(objectId));
        }
        if (NATIVE.test(text)) {
            return undefined;
        }
        const url = this.files.get(this.internal(objectId, "[[FunctionLocation]]")?.value.scriptId);
        let scopes;
        const find = (name) => {
            scopes ??= this.scopes(objectId);
            const scope = scopes.find((names) => names.has(name));
            const { value } = scope?.get(name) ?? {};
            return value?.objectId === undefined ? undefined : this.value(value.objectId);
        };
        return { text, find, file: url?.startsWith("file:") ? fileURLToPath(url) : url ?? "" };
    }

    /** What a function can name, innermost first; what is global is no matter. */
    scopes(objectId) {
        const whole = this.internal(objectId, "[[Scopes]]");
        return (this.properties(whole?.objectId).result ?? [])
            .filter(({ value }) => value?.objectId !== undefined && value.description !== "Global")
            .map(({ value }) => {
                const names = this.properties(value.objectId).result ?? [];
                return new Map(names.map((property) => [property.name, property]));
            });
    }
}

module.exports = { Closures };
