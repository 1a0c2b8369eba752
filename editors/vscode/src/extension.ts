// Starts `apex lsp`; all that is shown comes from there.
import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions } from "vscode-languageclient/node";

const LANGUAGES = ["python", "typescript", "javascript", "go", "yaml"];

let client: LanguageClient | undefined;
let last: Promise<void> = Promise.resolve();
let restarts = 0;

function made(): LanguageClient {
    const settings = vscode.workspace.getConfiguration("apex");
    const server: ServerOptions = {
        command: settings.get<string>("command") || "apex",
        args: ["lsp"],
    };
    const options: LanguageClientOptions = {
        documentSelector: LANGUAGES.map((language) => ({ scheme: "file", language })),
        initializationOptions: { stack: settings.get<string>("stack") || undefined },
    };
    return new LanguageClient("apex", "Apex Guardrails", server, options);
}

async function start(): Promise<void> {
    client = made();
    try {
        await client.start();
    } catch (error) {
        void vscode.window.showErrorMessage(
            `apex lsp cannot be started (${error}). Install it with: pip install "apex-guardrails[lsp]", ` +
                "or name it in the setting apex.command.",
        );
    }
}

async function stop(): Promise<void> {
    const running = client?.isRunning() ? client : undefined;
    client = undefined;
    await running?.stop();
}

// One step after the other: a server that is still starting cannot be stopped, and would outlive the next.
function queued(step: () => Promise<void>): Promise<void> {
    last = last.then(step, step);
    return last;
}

function restart(): Promise<void> {
    const asked = ++restarts;
    const isLast = () => asked === restarts;
    void queued(async () => (isLast() ? stop() : undefined)).catch(() => undefined);
    return queued(async () => (isLast() ? start() : undefined));
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
    context.subscriptions.push(
        vscode.commands.registerCommand("apex.restart", restart),
        vscode.workspace.onDidChangeConfiguration(async (event) => {
            if (event.affectsConfiguration("apex")) {
                await restart();
            }
        }),
    );
    await queued(start);
}

export function deactivate(): Promise<void> {
    return queued(stop);
}
