export { filterRows, type RowFilter } from './log/filter-rows.js';
export { type IndexedLog, indexLog } from './log/index-log.js';
export { LineStore } from './log/line-store.js';
export {
  type IndexedSegment,
  type LogIndex,
  NOT_A_RECORD,
  rowOfPlace,
  rowOfSeq,
  SEVERITY_NAMES,
  type SeverityName,
  segmentOfRow,
} from './log/log-index.js';
export { searchLog } from './log/search-log.js';
export { residentAt } from './story/resident-at.js';
export { type DeviceUsage, MAX_STAYS, type ShardStay, type VramStory } from './story/vram-story.js';
export { type VisiblePart, visibleParts } from './text/visible-parts.js';
export { describeVerdict, type GivenTrust, isWrong, type Verdict } from './verdict/verdict.js';
