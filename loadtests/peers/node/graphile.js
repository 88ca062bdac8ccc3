// graphile-worker: migrate URL | produce URL | work URL OPTIONS | statements COUNT
"use strict";

const { makeWorkerUtils, run, runMigrations } = require("graphile-worker");
const { note } = require("./ledger");
const { serve } = require("./producer");

const TASK = "note";

const commands = {
    migrate: (connectionString) => runMigrations({ connectionString }),

    async produce(connectionString) {
        const utils = await makeWorkerUtils({ connectionString });
        serve(async (numbers, delay) => {
            if (numbers.length === 1 && !delay) {
                await utils.addJob(TASK, { n: numbers[0] });
                return;
            }
            const runAt = delay ? new Date(Date.now() + delay * 1000) : undefined;
            await utils.addJobs(
                numbers.map((n) => ({ identifier: TASK, payload: { n }, runAt })),
            );
        });
    },

    // OPTIONS is JSON, as in a preset. It ends by itself on SIGTERM.
    async work(connectionString, options) {
        const runner = await run({
            preset: { worker: { connectionString, ...JSON.parse(options) } },
            taskList: { [TASK]: async ({ n }) => note(n) },
        });
        await runner.promise;
    },

    // Prints, as JSON, what a worker sends to make tasks known, to find their numbers, to claim
    // COUNT jobs, to complete one, and to complete several.
    async statements(count) {
        const sent = [];
        const client = {
            async query({ text }) {
                sent.push(text);
                return { rows: [{ id: 1, identifier: TASK }] };
            },
        };
        const withClient = (use) => use(client);
        withClient.withRetries = withClient;
        const options = {
            escapedWorkerSchema: "graphile_worker",
            workerSchema: "graphile_worker",
            resolvedPreset: { worker: { preparedStatements: true, useNodeTime: false } },
        };
        const { batchGetJobs } = require("graphile-worker/dist/sql/getJobs");
        const { batchCompleteJobs } = require("graphile-worker/dist/sql/completeJobs");
        const job = { id: 1, job_queue_id: null };
        await batchGetJobs(options, withClient, { [TASK]: null }, "", [], count);
        await batchCompleteJobs(options, withClient, "", [job]);
        await batchCompleteJobs(options, withClient, "", [job, job]);
        console.log(JSON.stringify(sent));
    },
};

const [command, ...words] = process.argv.slice(2);
commands[command](...words);
