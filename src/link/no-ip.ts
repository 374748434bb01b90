/** Returned in place of an offset: the packet is of another protocol than IP, or hides what it carries. */
export const NOT_IP = -1;

/** Returned in place of an offset: a header runs past the end of the captured bytes. */
export const CUT = -2;

/** Returned in place of an offset: packets of this link type are not read. */
export const UNKNOWN_LINK_TYPE = -3;

/** Returned in place of an offset: the packet is an aggregate, and its parts are in `Encapsulation.subframes`. */
export const SEVERAL = -4;
