// inbox.mjs INBOX SMTP PACKAGES FAR - the clients of Mailpit and MailHog that npm
// has, unchanged, on an inbox that relays to FAR; run by inbox.py.
//
// Prints "ok NAME" or "FAILED NAME" lines, and at the end one line for each
// route that a client has used: "route CLIENT METHOD PATH STATUS".

import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import net from "node:net";

const [, , base, smtp, packages, far] = process.argv;
const require = createRequire(`${packages}/`);
const routes = new Set();
let client = "";

// ---- what is asked, by whom ----

function template(path) {
  return path.split("?")[0]
    .replace(/\d{10}\.M\d+P\d+Q\d+/g, "{id}")
    .replace(/\/(latest)(?=[./]|$)/, "/{id}")
    .replace(/\/part\/[^/]+/, "/part/{part}")
    .replace(/(\/v1\/tags\/).+/, "$1{tag}");
}

function note(method, path, status) {
  routes.add(`${client} ${method} ${template(path)} ${status}`);
}

const realFetch = globalThis.fetch;
globalThis.fetch = async (url, options = {}) => {
  const response = await realFetch(url, options);
  note(options.method ?? "GET", new URL(url).pathname, response.status);
  return response;
};

const realRequest = http.request;
http.request = function (...args) {
  const request = realRequest.apply(http, args);
  const seen = (response) =>
    note(request.method, request.path, response.statusCode);
  request.on("response", seen);
  request.on("upgrade", seen);
  return request;
};
http.get = function (...args) {
  const request = http.request(...args);
  request.end();
  return request;
};

// ---- checks ----

async function check(name, body) {
  try {
    await body();
    console.log(`ok ${client}: ${name}`);
  } catch (error) {
    console.log(`FAILED ${client}: ${name}: ${error.stack}`);
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// A mail by SMTP, as a program under test sends it.
function send({ from = "from@one.example", to = ["to@two.example"], text }) {
  return new Promise((resolve, reject) => {
    const [host, port] = smtp.split(":");
    const socket = net.connect(Number(port), host);
    const words = ["EHLO client.example", `MAIL FROM:<${from}>`,
      ...to.map((address) => `RCPT TO:<${address}>`), "DATA",
      text.replaceAll("\n", "\r\n") + "\r\n.", "QUIT"];
    let heard = "", last = "";
    socket.on("error", reject);
    socket.on("data", (data) => {
      heard += data;
      const lines = heard.split("\r\n");
      heard = lines.pop();
      for (const line of lines) {
        if (line[3] === "-")
          continue;
        last = line;
        if (words.length > 0)
          socket.write(words.shift() + "\r\n");
      }
    });
    socket.on("close", () => resolve(last));
  });
}

const letter = (subject) => `From: Jürgen <from@one.example>
To: to@two.example
Subject: ${subject}
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b1

--b1
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=C3=9Fe
--b1
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>Gr=C3=BC=C3=9Fe</p>
--b1
Content-Type: text/csv; name=a.csv
Content-Disposition: attachment; filename=a.csv
Content-Transfer-Encoding: base64

YSxiCjEsMgo=
--b1--
`.replace("Jürgen", "=?utf-8?q?J=C3=BCrgen?=");

const mail = (subject) => send({ text: letter(subject) });

// ---- mailpit-api, the old one and the new ----

async function mailpit(name, Client) {
  client = name;
  const api = new Client(base);

  await api.deleteMessages();
  await check("empty", async () => {
    const all = await api.listMessages();
    assert.equal(all.total, 0);
    assert.deepEqual(all.messages, []);
    assert.deepEqual(all.tags, []);
  });
  await check("info and configuration", async () => {
    const info = await api.getInfo();
    assert.equal(info.Messages, 0);
    assert.equal(typeof info.Version, "string");
    assert.equal(typeof info.RuntimeStats.Uptime, "number");
    const configuration = await api.getConfiguration();
    assert.equal(configuration.MessageRelay.Enabled, true);
    assert.equal(configuration.MessageRelay.SMTPServer, far);
  });
  await mail("first letter");
  await mail("second letter");
  await check("release", async () => {
    assert.equal(await api.releaseMessage("latest", { To: ["a@far.example"] }),
      "ok");
    await assert.rejects(api.releaseMessage("latest", { To: ["a@b.example"] }));
  });
  await check("list and search", async () => {
    const all = await api.listMessages(0, 1);
    assert.equal(all.total, 2);
    assert.equal(all.messages_count, 2);
    assert.equal(all.messages.length, 1);
    assert.equal(all.messages[0].Subject, "second letter");
    assert.equal(all.messages[0].Read, false);
    assert.equal(all.messages[0].Attachments, 1);
    const found = await api.searchMessages({ query: "subject:first" });
    assert.equal(found.messages_count, 1);
    assert.equal(found.messages[0].From.Name, "Jürgen");
  });
  await check("one message", async () => {
    const message = await api.getMessageSummary();
    assert.equal(message.Subject, "second letter");
    assert.equal(message.Text.trim(), "Grüße");
    assert.match(message.HTML, /<p>Grüße<\/p>/);
    assert.equal(message.To[0].Address, "to@two.example");
    assert.equal(message.ReturnPath, "from@one.example");
    const [attachment] = message.Attachments;
    assert.equal(attachment.FileName, "a.csv");
    assert.equal(attachment.Size, 8);
    const bytes = await api.getMessageAttachment(message.ID,
      attachment.PartID);
    const text = bytes instanceof Blob ? await bytes.text() :
      Buffer.from(bytes.data ?? bytes).toString();
    assert.equal(text, "a,b\n1,2\n");
    const headers = await api.getMessageHeaders(message.ID);
    assert.deepEqual(headers.Subject, ["second letter"]);
    assert.deepEqual(headers["Mime-Version"], ["1.0"]);
    const source = await api.getMessageSource(message.ID);
    assert.match(source, /Subject: second letter\r\n/);
    assert.match(await api.renderMessageHTML(message.ID), /Grüße/);
    assert.match(await api.renderMessageText(message.ID), /Grüße/);
    await assert.rejects(api.getMessageSummary("nothing"), /404/);
  });
  await check("read and unread", async () => {
    const { messages } = await api.searchMessages({ query: "is:unread" });
    assert.equal(messages.length, 1);
    await api.setReadStatus({ IDs: [messages[0].ID], Read: true });
    assert.equal((await api.listMessages()).unread, 0);
    await api.setReadStatus({ Read: false });
    assert.equal((await api.listMessages()).unread, 2);
  });
  await check("tags", async () => {
    const { messages } = await api.listMessages();
    await api.setTags({ IDs: [messages[0].ID], Tags: ["red", "two words"] });
    assert.deepEqual(await api.getTags(), ["red", "two words"]);
    await api.renameTag("red", "green");
    assert.deepEqual(await api.getTags(), ["green", "two words"]);
    await api.deleteTag("two words");
    assert.deepEqual(await api.getTags(), ["green"]);
    const found = await api.searchMessages({ query: "tag:green" });
    assert.equal(found.messages_count, 1);
  });
  await check("send", async () => {
    const { ID } = await api.sendMessage({
      From: { Email: "a@b.example", Name: "A" },
      To: [{ Email: "c@d.example", Name: "C" }],
      Subject: "made here", Text: "text", HTML: "<b>html</b>",
      Attachments: [{ Content: "YQ==", Filename: "a.txt" }],
      Tags: ["sent"],
    });
    const message = await api.getMessageSummary(ID);
    assert.equal(message.Subject, "made here");
    assert.deepEqual(message.Tags, ["sent"]);
    await assert.rejects(api.sendMessage({ Subject: "nobody" }), /400/);
  });
  await check("chaos", async () => {
    const triggers = await api.setChaosTriggers(
      { Sender: { ErrorCode: 451, Probability: 100 } });
    assert.equal(triggers.Sender.Probability, 100);
    assert.match(await mail("refused"), /^(5|4|2)/);
    assert.equal((await api.searchMessages({ query: "subject:refused" }))
      .messages_count, 0);
    await api.setChaosTriggers({});
    assert.equal((await api.getChaosTriggers()).Sender.Probability, 0);
    await mail("taken");
    assert.equal((await api.searchMessages({ query: "subject:taken" }))
      .messages_count, 1);
  });
  if (api.waitForMessages)
    await check("waiting", async () => {
      const wait = api.waitForMessage({ query: "subject:awaited" },
        { timeout: 10000, interval: 50 });
      await mail("awaited");
      assert.equal((await wait).Subject, "awaited");
    });
  if (api.onEvent)
    await check("events", async () => {
      const stats = api.waitForEvent("stats", 10000);
      assert.equal(typeof (await stats).Data.Total, "number");
      const came = api.waitForEvent("new", 10000);
      await mail("live");
      assert.equal((await came).Data.Subject, "live");
      const gone = api.waitForEvent("delete", 10000);
      await api.deleteMessagesBySearch({ query: "subject:live" });
      assert.equal(typeof (await gone).Data.ID, "string");
      api.disconnect();
    });
  await check("delete", async () => {
    await api.deleteMessagesBySearch({ query: "subject:taken" });
    const { messages } = await api.listMessages();
    assert.ok(messages.every((message) => message.Subject !== "taken"));
    await api.deleteMessages({ IDs: [messages[0].ID, messages[0].ID] });
    assert.equal((await api.listMessages()).total, messages.length - 1);
    await api.deleteMessages();
    assert.equal((await api.listMessages()).total, 0);
  });
}

// ---- mailhog ----

async function mailhog() {
  const { hostname, port } = new URL(base);
  client = "mailhog";
  const api = require("mailhog")({ host: hostname, port: Number(port) });

  await check("deleteAll", async () => {
    const response = await api.deleteAll();
    assert.equal(response.statusCode, 200);
    assert.equal((await api.messages()).count, 0);
  });
  await mail("first letter");
  await mail("second letter");
  await check("messages", async () => {
    const all = await api.messages();
    assert.equal(all.total, 2);
    assert.equal(all.count, 2);
    const [message] = all.items;
    assert.equal(message.subject, "second letter");
    assert.equal(message.from, "Jürgen <from@one.example>");
    assert.equal(message.to, "to@two.example");
    assert.equal(message.text, "Grüße");
    assert.equal(message.html, "<p>Grüße</p>");
    assert.ok(message.deliveryDate instanceof Date);
    const [attachment] = message.attachments;
    assert.equal(attachment.name, "a.csv");
    assert.equal(attachment.type, "text/csv; name=a.csv");
    assert.equal(Buffer.from(attachment.Body, "base64").toString(),
      "a,b\n1,2\n");
    assert.equal((await api.messages(1, 1)).items[0].subject, "first letter");
  });
  await check("search", async () => {
    assert.equal((await api.search("first letter")).count, 1);
    assert.equal((await api.search("from@one.example", "from")).count, 2);
    assert.equal((await api.search("nobody", "to")).count, 0);
    assert.equal((await api.latestFrom("from@one.example")).subject,
      "second letter");
    assert.equal((await api.latestTo("to@two.example")).subject,
      "second letter");
    assert.equal((await api.latestContaining("first")).subject,
      "first letter");
    assert.equal((await api.search("Grüße", "containing")).count, 0);
    assert.equal((await api.search(api.encode("Grüße", "quoted-printable",
      "utf8"))).count, 2);
  });
  await check("deleteMessage", async () => {
    const { items } = await api.messages();
    assert.equal((await api.deleteMessage(items[0].ID)).statusCode, 200);
    assert.equal((await api.messages()).count, 1);
    assert.notEqual((await api.deleteMessage(items[0].ID)).statusCode, 200);
  });
  await check("releaseMessage", async () => {
    const [host, port] = far.split(":");
    const release = async (config) => (await api.releaseMessage(
      (await api.messages()).items[0].ID, config)).statusCode;
    assert.equal(await release({ host, port, email: "a@far.example" }), 200);
    assert.equal(await release({ host, port, email: "a@b.example" }), 400);
    assert.equal(await release({ host: "mail.example", port: "25",
      email: "a@far.example" }), 400);
  });
}

// ---- Cypress, as far as these two packages see of it ----

class Chain extends Promise {
  its(name) {
    return this.then((value) => value[name]);
  }
}

const commands = {};
globalThis.Cypress = {
  Commands: { add: (name, ...rest) => { commands[name] = rest.pop(); } },
  env: (name) => name === "mailHogUrl" ? `${base}/` : undefined,
  expose: (name) => name === "MAILPIT_URL" ? base : undefined,
  config: (name) => name === "defaultCommandTimeout" ? 5000 : undefined,
};
globalThis.cy = {
  wrap: (value) => Chain.resolve(value),
  env: () => Chain.resolve({}),
  wait: (ms) => Chain.resolve(pause(ms)),
  verifyUpcomingAssertions: (value) => value,
  request: (options) => Chain.resolve((async () => {
    const url = new URL(options.url);
    for (const [key, value] of Object.entries(options.qs ?? {}))
      url.searchParams.set(key, value);
    const response = await fetch(url, {
      method: options.method,
      headers: options.body ? { "Content-Type": "application/json" } : {},
      body: options.body ? JSON.stringify(options.body) : undefined,
    });
    const text = await response.text();
    const type = response.headers.get("content-type") ?? "";
    if (options.failOnStatusCode !== false)
      assert.ok(response.ok, `${url}: ${response.status} ${text}`);
    return { status: response.status,
      body: type.startsWith("application/json") ? JSON.parse(text) : text };
  })()),
};

async function cypressMailpit() {
  client = "cypress-mailpit";
  const at = `${packages}/MailpitCommands.mjs`;
  copyFileSync(
    `${packages}/node_modules/cypress-mailpit/dist/src/MailpitCommands.js`,
    at);
  const { MailpitCommands } = await import(at);
  const mp = new MailpitCommands();

  await check("all commands", async () => {
    await mp.mailpitDeleteAllEmails();
    assert.equal((await mp.mailpitGetAllMails()).total, 0);
    await mp.mailpitNotHasEmailsBySubject("Hello");
    const { ID } = await mp.mailpitSendMail({});
    await mp.mailpitHasEmailsBySubject("Hello");
    await mp.mailpitHasEmailsByTo("jane@example.com");
    await mp.mailpitNotHasEmailsByTo("nobody@example.com");
    await mp.mailpitHasEmailsBySearch("from:from@example.com");
    await mp.mailpitNotHasEmailsBySearch("from:nobody@example.com");
    const message = await mp.mailpitGetMail(ID);
    assert.equal((await mp.mailpitGetMail()).ID, ID);
    assert.equal(await mp.mailpitGetSubject(message), "Hello Mailpit");
    assert.deepEqual(await mp.mailpitGetRecipientAddress(message),
      ["jane@example.com"]);
    assert.equal(await mp.mailpitGetFromAddress(message), "from@example.com");
    assert.deepEqual(await mp.mailpitGetAttachments(message), []);
    assert.match(await mp.mailpitGetMailHTMlBody(message),
      /<p>hello from mailpit<\/p>/);
    assert.match(await mp.mailpitGetMailTextBody(message),
      /hello from mailpit/);
    await mp.mailpitSetStatusAsUnRead(message);
    assert.equal((await mp.mailpitGetAllMails()).unread, 1);
    await mp.mailpitSetStatusAsRead([message]);
    await mp.mailpitSetAllEmailStatusAsUnRead();
    await mp.mailpitSetAllEmailStatusAsRead();
    assert.equal((await mp.mailpitGetAllMails()).unread, 0);
    await mp.mailpitDeleteEmailsBySearch("subject:Hello");
    assert.equal((await mp.mailpitGetAllMails()).total, 0);
  });
}

async function cypressMailhog() {
  client = "cypress-mailhog";
  require("cypress-mailhog");
  const mh = commands;

  await check("all commands", async () => {
    await mh.mhDeleteAll();
    await mail("by cypress");
    await mail("again");
    const mails = await mh.mhGetAllMails(50);
    assert.equal(mails.length, 2);
    assert.equal((await mh.mhGetMailsBySubject("again")).length, 1);
    assert.equal((await mh.mhGetMailsByRecipient("to@two.example")).length,
      2);
    assert.equal((await mh.mhGetMailsBySender("from@one.example")).length, 2);
    assert.equal((await mh.mhSearchMails("containing", "cypress")).length, 1);
    const first = mh.mhFirst(mails);
    assert.equal(await mh.mhGetSubject(first), "again");
    assert.match(await mh.mhGetBody(first), /Gr=C3=BC/);
    assert.equal(await mh.mhGetSender(first), "from@one.example");
    assert.equal(mh.mhFilterBySubject(mails, "again").length, 1);
    assert.equal(await mh.mhGetJimMode(), false);
    assert.equal((await mh.mhSetJimMode(true)).status, 201);
    assert.equal(await mh.mhGetJimMode(), true);
    assert.equal((await mh.mhSetJimMode(false)).status, 200);
    assert.equal(await mh.mhGetJimMode(), false);
  });
}

await mailpit("mailpit-api@2", (await import(
  `${packages}/node_modules/mailpit-api/dist/index.mjs`)).MailpitClient);
await mailpit("mailpit-api@1", require("mailpit-api-1").MailpitClient);
await mailhog();
await cypressMailpit();
await cypressMailhog();
for (const route of [...routes].sort())
  console.log(`route ${route}`);
process.exit(0);
