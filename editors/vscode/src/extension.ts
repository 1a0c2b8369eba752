// Starts `apex lsp`; all that is shown comes from there.
import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions } from "vscode-languageclient/node";

const LANGUAGES = ["python", "typescript", "javascript", "go", "yaml"];

let client: LanguageClient | undefined;

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

async function restart(): Promise<void> {
    await deactivate();
    await start();
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
    await start();
}

export async function deactivate(): Promise<void> {
    if (client?.isRunning()) {
        await client.stop();
    }
    client = undefined;
}
