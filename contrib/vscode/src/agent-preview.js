// @ts-check
'use strict';

const vscode = require('vscode');
const { inertLines } = require('./inert-text');
const { spoken } = require('./spoken-error');

const SCHEME = 'reeve-preview';

/**
 * An agent's screen as a document that cannot be edited. It is what was there when it was asked for; showing it again asks again.
 */
class AgentPreview {
  /**
   * @param {import('./daemon-session').DaemonSession} session
   * @param {typeof import('./settings').settings} settings
   */
  constructor(session, settings) {
    this.session = session;
    this.settings = settings;
    this.emitter = new vscode.EventEmitter();
    this.onDidChange = this.emitter.event;
    this.registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  dispose() {
    this.registration.dispose();
    this.emitter.dispose();
  }

  /** @param {string} ticket */
  async show(ticket) {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${ticket}.txt` });
    // A document that is open already is not asked for anew by itself.
    this.emitter.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true, preserveFocus: false });
  }

  /** @param {vscode.Uri} uri */
  async provideTextDocumentContent(uri) {
    const ticket = uri.path.replace(/^\//, '').replace(/\.txt$/, '');
    try {
      const { text } = await this.session.connection.request('agent.capture', { ticket, lines: this.settings.previewLines });
      return inertLines(text);
    } catch (error) {
      return `${spoken(error, 'view of agents\' screens')}\n`;
    }
  }
}

module.exports = { AgentPreview };
