import { testMatrix } from './matrix.js';

testMatrix('check');
