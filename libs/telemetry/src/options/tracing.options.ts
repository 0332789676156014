import { DictOpt, DurationOpt, FloatOpt, IntOpt, OptionGroup, StrOpt, UriOpt } from '#libs/config';

@OptionGroup('tracing', {
  help: 'Traces in the form of OpenTelemetry. A trace that a client began is followed either way.',
})
export class TracingOptions {
  @UriOpt({
    schemes: ['http', 'https'],
    help:
      'The collector, as http://collector:4318: spans are sent there with OTLP over HTTP (JSON), to /v1/traces unless a ' +
      'path is given. Unset: no spans are recorded.',
  })
  readonly exporterOtlpEndpoint!: string | undefined;

  @DictOpt({ default: {}, secret: true, help: 'Headers of the requests to the collector, as authorization:Bearer x.' })
  readonly exporterOtlpHeaders!: Readonly<Record<string, string>>;

  @DurationOpt({
    default: 10,
    min: 0.001,
    help: 'Seconds that the collector may take for one batch, retries included.',
  })
  readonly exporterOtlpTimeout!: number;

  @FloatOpt({
    default: 1,
    min: 0,
    max: 1,
    mutable: true,
    help: 'Share of the traces that begin here and are recorded; of one that a client began its own flag decides.',
  })
  readonly samplingRatio!: number;

  @StrOpt({ help: 'service.name of the spans. Unset: the name of the program.' })
  readonly serviceName!: string | undefined;

  @DictOpt({ default: {}, help: 'More attributes of the resource, as deployment.environment.name:production.' })
  readonly resourceAttributes!: Readonly<Record<string, string>>;

  @IntOpt({
    default: 2048,
    min: 1,
    help: 'Maximum number of spans of one process that wait; more are dropped and counted.',
  })
  readonly maxQueueSize!: number;

  @IntOpt({ default: 512, min: 1, help: 'Maximum number of spans in one request to the collector.' })
  readonly maxExportBatchSize!: number;

  @DurationOpt({ default: 5, min: 0.001, help: 'Maximum number of seconds that a span waits for others.' })
  readonly exportInterval!: number;
}
