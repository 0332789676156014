import { Fault } from '../../edge/errors/fault.js';

/** nova's answer for a volume that the volume service does not know. */
export function noVolume(id: string): Fault {
  return new Fault(404, `Volume ${id.slice(0, 255)} could not be found.`, { code: 'VolumeNotFound' });
}

/** nova's answer for a volume that is attached nowhere. */
export function noDevice(status: 400 | 404, id: string): Fault {
  const text = `No volume Block Device Mapping with id ${id.slice(0, 255)}.`;
  return new Fault(status, text, { code: 'VolumeBDMNotFound' });
}
