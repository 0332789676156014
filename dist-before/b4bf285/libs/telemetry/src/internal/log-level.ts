export type LogLevel = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';

/** Python's numbers, since they appear in the JSON form (`levelno`) and in what operators grep for. */
export const levelNumbers: Readonly<Record<LogLevel, number>> = {
  DEBUG: 10,
  INFO: 20,
  WARNING: 30,
  ERROR: 40,
  CRITICAL: 50,
};

/** Reads a level as Python's logging accepts it in `default_log_levels` (`WARN` is an old name of `WARNING`). */
export function parseLevel(text: string): number | undefined {
  const name = text.trim().toUpperCase();
  if (name === 'WARN') return levelNumbers.WARNING;
  if (name === 'FATAL') return levelNumbers.CRITICAL;
  if (name === 'NOTSET' || name === 'TRACE') return 0;
  return name in levelNumbers ? levelNumbers[name as LogLevel] : undefined;
}
