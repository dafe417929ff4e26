// The scenario of discord-twin.sh: it starts the twin, a web server with the invented podcasts, and the bot, plays people,
// and says what it saw. Its arguments are the folder with the bot, and the folder of the podcasts.
//
// Where the twin is not like Discord, none of it a fault of the bot: it has no list of commands to read, so that they are
// registered at each start; a thread has another ID than the message that it is under, so that what is written there is not
// known to be about the brief; messages come without the people they mention and the message they reply to, so that replies
// are not played; everybody may do everything; nothing is checked, limited or refused; and it has no direct messages, no
// forms' labels, no resuming and no deadlines.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import { DigitalDiscord } from 'discord-digital-twin'

const [dir, shows] = process.argv.slice(2)
const [general, forum, ada] = ['300000000000000001', '300000000000000002', '400000000000000001']
const wait = ms => new Promise(done => setTimeout(done, ms))

const web = http.createServer((request, answer) => {
  const base = `http://127.0.0.1:${web.address().port}`
  const path = shows + new URL(request.url, base).pathname
  if (!fs.existsSync(path) || fs.statSync(path).isDirectory()) return answer.writeHead(404).end()
  answer.end(fs.readFileSync(path, 'utf8').replaceAll('{{BASE}}', base)
    .replace(/\{\{DAYS_AGO (\d+)\}\}/g, (_, days) => new Date(Date.now() - days * 86400e3).toUTCString()))
}).listen(0, '127.0.0.1')
await wait(100)

const discord = new DigitalDiscord({
  guild: { id: '200000000000000001', ownerId: ada, channels: [{ id: general, name: 'general', type: 0 }, { id: forum, name: 'briefs', type: 15 }] },
  users: [{ id: ada, username: 'ada' }],
  botToken: 'twin-token',
  dbUrl: `file:${dir}/twin.db`,
})
await discord.start()

const site = `127.0.0.1:${web.address().port}`
const log = fs.createWriteStream(`${dir}/bot.log`)
const bot = spawn(`${dir}/bot`, ['serve', '--store', `${dir}/podbrief.db`], {
  env: { PATH: process.env.PATH, DISCORD_TOKEN: 'twin-token', DISCORD_API_URL: `${discord.restUrl}/v10`, FETCH_ALLOW: site, DIRECTORY_URL: 'off', LISTEN: 'off' },
})
bot.stderr.pipe(log)
let failed = 0
// see waits until something is true, and says so.
async function see(what, is) {
  for (const end = Date.now() + 30_000; Date.now() < end; await wait(100)) {
    const got = await is()
    if (got) return console.log('ok:', what), got
  }
  console.log('NOT SEEN:', what)
  failed++
}
const messages = (channel = general) => discord.channel(channel).getMessages()
const all = m => [m.content, ...m.embeds.flatMap(e => [e.title, e.description, e.footer?.text])].join('\n')
const find = async (text, channel) => (await messages(channel)).find(m => text.test(all(m)))
const person = discord.channel(general).user(ada)
const brief = (word, options = {}) => person.runSlashCommand({
  name: 'brief', options: [{ name: word, type: 1, options: Object.entries(options).map(([name, value]) => ({ name, type: 3, value })) }],
})
const answerTo = async ({ id }) => discord.prisma.interactionResponse.findUnique({ where: { interactionId: id } })

await see('the command is registered, with its words and translations', async () => {
  const [c, ...more] = await discord.prisma.applicationCommand.findMany()
  return c?.name === 'brief' && !more.length && /"topic"/.test(c.options) && /Themen folgen/.test(c.options)
})
await see('the bot is connected', () => discord.server.gateway.clients.some(c => c.identified))
await brief('help')
await see('help is answered', () => find(/podcast insights/))
for (const show of ['held-out-set', 'second-maintainer', 'load-bearing']) {
  await brief('follow', { podcast: `http://${site}/${show}/feed.xml` })
}
await see('podcasts are followed', () => find(/Load-Bearing/))
await brief('topic', { topics: 'ai, open source' })
await see('topics are followed', () => find(/Following|topics: ai/))
await see('the first brief is posted', () => find(/Your first brief/))
await brief('settings', { setting: 'thread on' })
await see('a setting is set', () => find(/Set: thread on/))
await brief('now')
const post = await see('a brief is posted at once', () => find(/insights? for /))
await see('a thread is opened under it', async () => (await discord.channel(general).getThreads())[0])
// Before anything is pressed: the twin puts the answer to a private deferral into the place of the message that was pressed.
const n = (await messages()).filter(m => /Your first brief/.test(all(m))).length
await see(`the first brief was posted once (${n})`, () => n === 1)
const first = (await find(/Your first brief/)) ?? post
const controls = first.components.flatMap(r => r.components)
for (const c of controls) {
  for (const o of c.options ? c.options.slice(0, 1) : [undefined]) {
    const what = o ? o.value.split(' ')[0] : c.label
    const pressed = o
      ? await person.selectMenu({ messageId: first.id, customId: c.custom_id, values: [o.value] })
      : await person.clickButton({ messageId: first.id, customId: c.custom_id })
    const got = await see(`${what} is answered`, async () => { const r = await answerTo(pressed); return r?.acknowledged && r })
    if (got?.type !== 9) continue
    const form = JSON.parse(got.data)
    const fields = form.components.filter(p => p.component).map(p => ({ customId: p.component.custom_id, value: p.component.value || 'what did they say about caches?' }))
    console.log(`    with the form “${form.title}” of ${fields.length} fields`)
    const count = fields.find(f => f.customId === 'count')
    if (count) count.value = '5'
    for (const f of fields) if (f.customId === 'besides') f.value = 'thread'
    const sent = await person.submitModal({ customId: form.custom_id, fields })
    await see(`the form “${form.title}” is answered`, async () => (await answerTo(sent))?.acknowledged)
  }
}
await person.sendMessage({ content: `<@${discord.botUserId}> what did they say about maintainers?` })
await see('a mention is answered', async () => (await messages()).find(m => m.message_reference && m.author.id === discord.botUserId))
const unknown = await person.clickButton({ messageId: first.id, customId: 'old~button' })
await see('a button of another version is answered', async () => (await answerTo(unknown))?.acknowledged)

const began = Date.now()
bot.kill('SIGTERM')
const code = await new Promise(done => bot.on('exit', done))
await see(`the bot ended with ${code} after ${Date.now() - began} ms`, () => code === 0 && Date.now() - began < 60_000)
log.end()
const warnings = fs.readFileSync(`${dir}/bot.log`, 'utf8').split('\n') // that the catalog cannot be read here is right
  .filter(l => /level=(WARN|ERROR)/.test(l) && !/podcasts not read/.test(l))
console.log(warnings.length ? warnings.join('\n') : 'no warnings of the bot')
console.log('not played, since the twin lacks it: replies, direct messages, resuming, limits, deadlines')
web.close()
await discord.stop()
process.exit(failed ? 1 : 0)
