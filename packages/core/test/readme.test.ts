import { testReadmeExamples } from '../../../scripts/lib/readme-examples.js';

testReadmeExamples(new URL('../README.md', import.meta.url));
