import type { ReactNode } from "react";

/** A handful of 16 px line icons; an icon package would be thousands of files for these few. */
function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const BellIcon = () => (
  <Icon>
    <path d="M4.25 11V7.25a3.75 3.75 0 0 1 7.5 0V11l1 1h-9.5zM6.75 14h2.5" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path d="m3 8.5 3.2 3L13 4.5" />
  </Icon>
);

export const ChevronIcon = () => (
  <Icon>
    <path d="m5 6.5 3 3 3-3" />
  </Icon>
);

export const CircleCheckIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" />
    <path d="m5.25 8.25 1.9 1.9 3.6-4" />
  </Icon>
);

export const CircleCrossIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" />
    <path d="m5.9 5.9 4.2 4.2M10.1 5.9l-4.2 4.2" />
  </Icon>
);

export const CircleDotsIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" strokeDasharray="2.2 1.57" />
    <path d="M5.5 8v.05M8 8v.05M10.5 8v.05" />
  </Icon>
);

export const CircleOffIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" />
    <path d="m3.9 12.1 8.2-8.2" />
  </Icon>
);

export const ContrastIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.75" />
    <path d="M8 2.25a5.75 5.75 0 0 1 0 11.5z" fill="currentColor" stroke="none" />
  </Icon>
);

export const CopyIcon = () => (
  <Icon>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 3.5v-.25c0-.7-.55-1.25-1.25-1.25h-5.5C2.95 2 2.5 2.5 2.5 3.25v5.5c0 .7.5 1.25 1.25 1.25H4" />
  </Icon>
);

export const FlagIcon = () => (
  <Icon>
    <path d="M4 14V2.75M4 3.25h7.5L9.75 6l1.75 2.75H4" />
  </Icon>
);

export const FlameIcon = () => (
  <Icon>
    <path d="M8.25 1.75c.4 2.4 3.75 3.9 3.75 7.5a4 4 0 0 1-8 0c0-1.5.75-2.5 1.5-3.25.2 1.1.7 1.6 1.25 1.75 0-2.25.25-4.25 1.5-6z" />
  </Icon>
);

export const NoteIcon = () => (
  <Icon>
    <path d="M3 3.5h10v7H8.5L5.5 13v-2.5H3zM5.5 6h5M5.5 8h3" />
  </Icon>
);

export const PauseIcon = () => (
  <Icon>
    <path d="M5.5 4v8M10.5 4v8" />
  </Icon>
);

export const PersonIcon = () => (
  <Icon>
    <circle cx="8" cy="5.5" r="2.75" />
    <path d="M2.75 13.75c.7-2.4 2.75-3.75 5.25-3.75s4.55 1.35 5.25 3.75" />
  </Icon>
);

export const PlayIcon = () => (
  <Icon>
    <path d="M5.5 3.75v8.5l6.5-4.25z" />
  </Icon>
);

export const PlusIcon = () => (
  <Icon>
    <path d="M8 3.5v9M3.5 8h9" />
  </Icon>
);

export const ClockIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" />
    <path d="M8 4.75V8l2.25 1.5" />
  </Icon>
);

export const CircleGapIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" strokeDasharray="3.14 3.14" />
  </Icon>
);

export const CircleQuestionIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" />
    <path d="M6.4 6.5c.1-1 .8-1.6 1.7-1.6 1 0 1.7.6 1.7 1.5 0 1.2-1.7 1.3-1.7 2.4M8.1 10.9v.05" />
  </Icon>
);

export const HourglassIcon = () => (
  <Icon>
    <path d="M4.5 2.5h7M4.5 13.5h7M5.5 2.5c0 3 5 3.5 5 5.5s-5 2.5-5 5.5M10.5 2.5c0 3-5 3.5-5 5.5s5 2.5 5 5.5" />
  </Icon>
);

export const KeyIcon = () => (
  <Icon>
    <circle cx="5.25" cy="10.75" r="2.75" />
    <path d="m7.25 8.75 6-6M10.75 5.25l1.75 1.75" />
  </Icon>
);

export const LeftIcon = () => (
  <Icon>
    <path d="m9.5 4.5-3.5 3.5 3.5 3.5" />
  </Icon>
);

export const RightIcon = () => (
  <Icon>
    <path d="m6.5 4.5 3.5 3.5-3.5 3.5" />
  </Icon>
);

export const MissedIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" strokeDasharray="2.2 1.57" />
    <path d="M8 4.75v3.75M8 10.9v.05" />
  </Icon>
);

export const SearchIcon = () => (
  <Icon>
    <circle cx="7" cy="7" r="4.25" />
    <path d="m10.25 10.25 3.25 3.25" />
  </Icon>
);

export const SnowflakeIcon = () => (
  <Icon>
    <path d="M8 2v12M2.8 5l10.4 6M13.2 5 2.8 11M6.25 2.75 8 4.25l1.75-1.5M6.25 13.25 8 11.75l1.75 1.5" />
  </Icon>
);

export const ToolIcon = () => (
  <Icon>
    <path d="M10 2.5a3.25 3.25 0 0 0-3.1 4.2L2.75 10.9a1.5 1.5 0 1 0 2.35 2.35L9.3 9.1A3.25 3.25 0 0 0 13.4 5l-2 2-2.1-.6L8.7 4.5z" />
  </Icon>
);

export const WarningIcon = () => (
  <Icon>
    <path d="M8 2.5 14.25 13H1.75zM8 6.5v3M8 11.3v.05" />
  </Icon>
);
