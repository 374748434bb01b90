/** Link types that captures have and that carry no IP packet this program could find. */
export const LINK_TYPE_NAMES: Readonly<Record<number, string>> = {
  6: 'IEEE802_5',
  10: 'FDDI',
  107: 'FRELAY',
  117: 'PFLOG',
  187: 'BLUETOOTH_HCI_H4',
  189: 'USB_LINUX',
  195: 'IEEE802_15_4_WITHFCS',
  197: 'ERF',
  201: 'BLUETOOTH_HCI_H4_WITH_PHDR',
  220: 'USB_LINUX_MMAPPED',
  227: 'CAN_SOCKETCAN',
  247: 'INFINIBAND',
  249: 'USBPCAP',
  252: 'WIRESHARK_UPPER_PDU',
  253: 'NETLINK',
  258: 'PKTAP around another one',
};

/** Number of a link type, with its name where it has a known one: `249 (USBPCAP)`. */
export function formatLinkType(linkType: number): string {
  const name = linkType >= 147 && linkType <= 162 ? `USER${linkType - 147}` : LINK_TYPE_NAMES[linkType];
  return name === undefined ? String(linkType) : `${linkType} (${name})`;
}
