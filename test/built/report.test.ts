import { testMatrix } from './matrix.js';

testMatrix('report');
