// Outputs of another stack of which some are known: the SDK takes them for unknown as a whole.
//
// Runs in the program's own environment: Node.js and the program's SDK alone.
"use strict";

const PLAIN = ["getOutputDetails", "getOutputValue", "requireOutputValue"];

/** Has the SDK give outputs one by one from now on. */
exports.keep = function keep(pulumi) {
    const reference = pulumi.StackReference.prototype;

    /** The value of an output, and whether it is known; nothing where the SDK itself can tell. */
    async function found(self, name, isRequired) {
        const outputs = await self.outputs.promise(true);
        const key = await pulumi.output(name).promise();
        if (key === undefined || pulumi.isUnknown(outputs) || !pulumi.containsUnknowns(outputs)) {
            return undefined;
        }
        if (isRequired && !Object.hasOwn(outputs, key)) {
            const stack = await self.name.promise();
            const error = new Error(`Required output '${key}' does not exist on stack '${stack}'.`);
            // Its frames would be ours.
            error.stack = String(error);
            throw error;
        }
        const isKnown = !pulumi.containsUnknowns(outputs[key]);
        return { value: isKnown ? outputs[key] : undefined, isKnown };
    }

    for (const method of ["getOutput", "requireOutput"]) {
        const read = reference[method];
        reference[method] = function one(name) {
            const whole = read.call(this, name);
            const one = found(this, name, method === "requireOutput");
            return new pulumi.Output(
                whole.resources(),
                one.then((it) => (it === undefined ? whole.promise() : it.value)),
                one.then((it) => (it === undefined ? whole.isKnown : it.isKnown)),
                whole.isSecret,
                whole.allResources(),
            );
        };
    }
    for (const method of PLAIN.filter((name) => name in reference)) {
        const read = reference[method];
        reference[method] = function promptly(name) {
            const error = new Error();
            // Its frames are the program's, which asks.
            Error.captureStackTrace(error, promptly);
            return this.getOutput(name).isKnown.then(async (isKnown) => {
                if (isKnown) {
                    return read.call(this, name);
                }
                // What the program would take for none.
                error.message =
                    `the output ${name} of the stack ${await this.name.promise()} is asked for in `
                    + "its plain form, and is not known here: give the stack's outputs in "
                    + "policy-pack.yaml (offline.stacks), or use getOutput";
                error.stack = error.stack.replace("Error", () => `Error: ${error.message}`);
                throw error;
            });
        };
    }
};
