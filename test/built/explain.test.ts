import { testMatrix } from './matrix.js';

testMatrix('explain');
