/** Protocol numbers of IP that lead to TCP (IANA "Assigned Internet Protocol Numbers"). */
export const HOP_BY_HOP = 0;
export const IPV4_IN_IP = 4;
export const TCP = 6;
export const UDP = 17;
export const IPV6_IN_IP = 41;
export const ROUTING = 43;
export const FRAGMENT = 44;
export const GRE = 47;
export const AUTHENTICATION = 51;
export const DESTINATION_OPTIONS = 60;
export const ETHERNET_IN_IP = 97;
export const MOBILITY = 135;
export const MPLS_IN_IP = 137;
