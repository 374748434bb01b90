import type { Reporter, FindingReporterName, ReporterOptions } from './reporter.js';

/** Makes a reporter. Only its own code is loaded. */
export async function createReporter(name: FindingReporterName, options: ReporterOptions): Promise<Reporter> {
  switch (name) {
    case 'text': {
      const { TextReporter } = await import('./text-reporter.js');
      return new TextReporter(options);
    }
    case 'json': {
      const { JsonReporter } = await import('./json-reporter.js');
      return new JsonReporter();
    }
    case 'github': {
      const { GithubReporter } = await import('./github-reporter.js');
      return new GithubReporter(options);
    }
    case 'markdown': {
      const { MarkdownReporter } = await import('./markdown-reporter.js');
      return new MarkdownReporter();
    }
    case 'junit': {
      const { JunitReporter } = await import('./junit-reporter.js');
      return new JunitReporter();
    }
    case 'sarif': {
      const { SarifReporter } = await import('./sarif-reporter.js');
      return new SarifReporter(options);
    }
  }
}
