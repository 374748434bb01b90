import { testMatrix } from './matrix.js';

testMatrix('follow');
