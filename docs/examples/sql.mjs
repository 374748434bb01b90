// sql.mjs: asks DuckDB, and prints each row of its answer as JSON
import { DuckDBInstance } from '@duckdb/node-api';

const instance = await DuckDBInstance.create();
const connection = await instance.connect();
const answer = await connection.runAndReadAll(process.argv[2]);
for (const row of answer.getRowObjectsJson()) console.log(JSON.stringify(row));
