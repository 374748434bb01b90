// check.mjs: a capture against the rules of the RFCs
import { check } from 'wsdissect';

const report = await check(process.argv[2]);
console.log(report.passed ? 'passed' : 'failed');
for (const { finding } of report.violations) console.log(finding.code, finding.message);
