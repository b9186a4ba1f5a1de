/* What a person does in Thunderbird, said by its own interfaces: Marionette
 * runs this in its window, and lib/thunderbird.py one of these at a time. */

const { MailServices } = ChromeUtils.importESModule(
	"resource:///modules/MailServices.sys.mjs");
const { MailUtils } = ChromeUtils.importESModule(
	"resource:///modules/MailUtils.sys.mjs");

const server = () => MailServices.accounts.accounts.find(
	a => a.incomingServer.type == "imap").incomingServer;
const pause = ms => new Promise(done => setTimeout(done, ms));

/* Until it comes to something; whoever drives us has the deadline. */
async function until(what) {
	for (;;) {
		const value = await what();
		if (value) {
			return value;
		}
		await pause(50);
	}
}

/* The certificate as a person who clicked "confirm" for both ports; the
 * password as one who had it kept. */
async function trust(base64, password) {
	const cert = Cc["@mozilla.org/security/x509certdb;1"].getService(
		Ci.nsIX509CertDB).constructX509FromBase64(base64);
	const way = MailServices.outgoingServer.defaultServer;
	const ports = [server().port, way.serverURI.port];
	for (const port of ports) {
		Cc["@mozilla.org/security/certoverride;1"].getService(
			Ci.nsICertOverrideService).rememberValidityOverride(
			"127.0.0.1", port, {}, cert, false);
	}
	for (const scheme of ["imap", "smtp"]) {
		const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(
			Ci.nsILoginInfo);
		login.init(`${scheme}://127.0.0.1`, null, `${scheme}://127.0.0.1`,
			server().username, password, "", "");
		await Services.logins.addLoginAsync(login);
	}
}

function folder(path) {
	let found = server().rootFolder;
	for (const name of path.split("/")) {
		found = found.subFolders.find(f => f.name == name ||
			(name == "INBOX" && f.getFlag(Ci.nsMsgFolderFlags.Inbox)));
		if (!found) {
			return null;
		}
	}
	return found;
}

const update = path => MailUtils.updateFolderAsync(folder(path));

/* Log in, and hear which folders there are. */
async function connect(names) {
	await update("INBOX");
	server().performExpand(top.msgWindow);
	await until(() => names.every(folder));
}

const headers = path => [...folder(path).messages];
const subjects = path => headers(path).map(h => h.mime2DecodedSubject).sort();
const message = (path, subject) =>
	headers(path).find(h => h.mime2DecodedSubject == subject);

/* Without having asked: the server said that it came. */
async function arrives(path, subject) {
	await until(() => message(path, subject));
}

/* "Get Messages", again where it was busy and took no notice. */
async function fetchMail(path, subject) {
	await until(async () => {
		await Promise.race([update(path).catch(() => {}), pause(2000)]);
		return message(path, subject);
	});
}

/* Click on it in the list; the text as it stands on the screen. */
async function read(path, subject) {
	const pane = document.getElementById("tabmail").currentAbout3Pane;
	pane.displayFolder(folder(path));
	await until(() => pane.gDBView && pane.gFolder == folder(path));
	const header = message(path, subject);
	await until(() => {
		pane.selectMessage(header);
		return pane.gDBView.numSelected == 1;
	});
	const shown = pane.messageBrowser.contentWindow;
	const text = await until(() => shown.gMessage == header &&
		shown.getMessagePaneBrowser().contentDocument
		?.querySelector(".moz-text-plain")?.textContent.trim());
	await until(() => header.isRead);
	return text;
}

/* Answer it in a window, and press "Send". */
async function reply(path, subject, words) {
	const header = message(path, subject);
	const ready = new Promise(done => {
		Services.ww.registerNotification(function seen(win, topic) {
			if (topic == "domwindowopened") {
				Services.ww.unregisterNotification(seen);
				win.addEventListener("compose-editor-ready", () => done(win));
			}
		});
	});
	MailServices.compose.OpenComposeWindow(null, header,
		header.folder.getUriForMsg(header), Ci.nsIMsgCompType.ReplyToSender,
		Ci.nsIMsgCompFormat.Default,
		MailServices.accounts.defaultAccount.defaultIdentity, null, null);
	const win = await ready;
	win.GetCurrentEditor().insertText(words);
	win.goDoCommand("cmd_sendNow");
	await until(() => win.closed);
}

const listener = (done, failed) => ({
	QueryInterface: ChromeUtils.generateQI(["nsIMsgCopyServiceListener"]),
	onStartCopy() {}, onProgress() {}, setMessageKey() {},
	getMessageId: () => null,
	onStopCopy: status => Components.isSuccessCode(status) ? done()
		: failed(new Error(`0x${status.toString(16)}`)),
});

/* It does these a while later; "Get Messages" is now. */
async function move(from, subject, to, stays = false) {
	await new Promise((done, failed) => MailServices.copy.copyMessages(
		folder(from), [message(from, subject)], folder(to), !stays,
		listener(done, failed), top.msgWindow, true));
	await update(from);
}

/* The key "Del": into the Trash. */
async function remove(path, subject) {
	await new Promise((done, failed) => folder(path).deleteMessages(
		[message(path, subject)], top.msgWindow, false, false,
		listener(done, failed), true));
	await update(path);
}

function star(path, subject) {
	const header = message(path, subject);
	header.folder.markMessagesFlagged([header], true);
}

/* "Run search on server": what is in Subject, From or Body. */
async function search(path, attribute, words) {
	const session = Cc["@mozilla.org/messenger/searchSession;1"].createInstance(
		Ci.nsIMsgSearchSession);
	const term = session.createTerm();
	const value = term.value;
	value.attrib = Ci.nsMsgSearchAttrib[attribute];
	value.str = words;
	session.addSearchTerm(value.attrib, Ci.nsMsgSearchOp.Contains, value, true,
		null);
	session.addScopeTerm(Ci.nsMsgSearchScope.onlineMail, folder(path));
	const hits = [];
	await new Promise(done => {
		session.registerListener({
			QueryInterface: ChromeUtils.generateQI(["nsIMsgSearchNotify"]),
			onSearchHit: header => hits.push(header.mime2DecodedSubject),
			onSearchDone: done, onNewSearch() {},
		}, Ci.nsIMsgSearchSession.allNotifications);
		session.search(top.msgWindow);
	});
	return hits.sort();
}

const inside = path => path ? folder(path) : server().rootFolder;

async function makeFolder(parent, name) {
	inside(parent).createSubfolder(name, top.msgWindow);
	await until(() => folder(parent ? `${parent}/${name}` : name));
}

async function renameFolder(path, name) {
	folder(path).rename(name, top.msgWindow);
	const parent = path.split("/").slice(0, -1);
	await until(() => !folder(path) && folder([...parent, name].join("/")));
}

/* Into the Trash, as it does with folders. */
async function removeFolder(path) {
	folder(path).deleteSelf(null);
	await until(() => !folder(path));
}
