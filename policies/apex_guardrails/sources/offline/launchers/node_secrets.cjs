// Tells the monitor what the program marks as secret, lest it be shown where the program prints it.
//
// A mark that reaches a resource the monitor sees by itself. This is for those that reach none: the
// program may fail before, or print more than it deploys.
"use strict";

const { spawnSync } = require("child_process");

/** Takes a JSON list of texts; the monitor beside serves it. */
const METHOD = "/apex.Program/Secrets";

/** The texts and numbers in a plain value. */
function* textsOf(value) {
    if (typeof value === "string" || typeof value === "number") {
        yield String(value);
    } else if (typeof value === "object" && value !== null && value.__pulumiOutput !== true) {
        for (const item of Object.values(value)) {
            yield* textsOf(item);
        }
    }
}

/** The way to the monitor, which is on this machine: no proxy is between. */
function connect(grpc, monitor) {
    const client = new grpc.Client(monitor, grpc.credentials.createInsecure(), {
        "grpc.enable_http_proxy": 0,
    });
    const asIs = (bytes) => bytes;
    return (method, told, done) =>
        client.makeUnaryRequest(method, asIs, asIs, Buffer.from(JSON.stringify(told)), done);
}

/** `pulumi.secret`, telling. */
function telling(send, grpcPath, monitor) {
    const told = new Set();
    const pending = new Set();

    function tell(value) {
        const texts = [...textsOf(value)].filter((text) => !told.has(text));
        if (texts.length > 0) {
            texts.forEach((text) => told.add(text));
            pending.add(texts);
            send(METHOD, texts, () => pending.delete(texts));
        }
    }

    // A program that ends at once leaves no time for it.
    process.on("exit", () => {
        if (pending.size > 0) {
            spawnSync(process.execPath, [__filename, grpcPath, monitor], {
                env: {},
                input: JSON.stringify([...pending].flat()),
                stdio: ["pipe", "ignore", "ignore"],
                timeout: 5000,
            });
        }
    });

    return (secret) => (value) => {
        // At once, as the program may fail on its next line.
        tell(value);
        const output = secret(value);
        output.isKnown.then(async (isKnown) => isKnown && tell(await output.promise())).catch(() => {
            // What is wrong with an output, whoever uses it says.
        });
        return output;
    };
}

if (require.main === module) {
    const [grpcPath, monitor] = process.argv.slice(2);
    const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
    connect(require(grpcPath), monitor)(METHOD, texts, () => process.exit());
}

module.exports = { connect, telling };
