import { testMatrix } from './matrix.js';

testMatrix('export');
