import { testMatrix } from './matrix.js';

testMatrix('connections');
