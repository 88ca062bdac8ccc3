// pg-boss: migrate URL | produce URL | work URL OPTIONS
"use strict";

const PgBoss = require("pg-boss");
const { note } = require("./ledger");
const { serve } = require("./producer");

const QUEUE = "note";

const start = async (connectionString, options) => {
    const boss = new PgBoss({ connectionString, ...options });
    boss.on("error", console.error);
    return boss.start();
};

const commands = {
    async migrate(connectionString) {
        const boss = await start(connectionString);
        await boss.createQueue(QUEUE);
        await boss.stop();
    },

    async produce(connectionString) {
        const only = { migrate: false, schedule: false, supervise: false };
        const boss = await start(connectionString, only);
        serve(async (numbers, delay) => {
            if (numbers.length === 1 && !delay) {
                await boss.send(QUEUE, { n: numbers[0] });
                return;
            }
            const startAfter = delay ? new Date(Date.now() + delay * 1000) : undefined;
            await boss.insert(numbers.map((n) => ({ name: QUEUE, data: { n }, startAfter })));
        });
    },

    // OPTIONS is JSON: those of work(), and `isEager`: to fetch anew at once after a batch.
    async work(connectionString, words) {
        const { isEager, ...options } = JSON.parse(words);
        const boss = await start(connectionString);
        const id = await boss.work(QUEUE, options, async (jobs) => {
            for (const job of jobs) {
                note(job.data.n);
            }
            if (isEager) {
                boss.notifyWorker(id);
            }
        });
        process.on("SIGTERM", async () => {
            await boss.stop();
            process.exit();
        });
    },
};

const [command, ...words] = process.argv.slice(2);
commands[command](...words);
